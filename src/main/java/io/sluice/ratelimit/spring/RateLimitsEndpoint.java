package io.sluice.ratelimit.spring;

import io.sluice.ratelimit.BucketKeys;
import io.sluice.ratelimit.Decision;
import io.sluice.ratelimit.Demand;
import io.sluice.ratelimit.LiveGateways;
import io.sluice.ratelimit.Policy;
import io.sluice.ratelimit.PolicyResult;
import io.sluice.ratelimit.RateLimiter;
import io.sluice.ratelimit.SharedBuckets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import reactor.core.publisher.Mono;

/**
 * {@code /actuator/ratelimits}: the policies and the store that decides now; below it, {@code
 * /{policy}/{identity}}, one bucket to look at (GET) or to fill (DELETE).
 */
@Endpoint(id = "ratelimits")
public final class RateLimitsEndpoint {

    private final Map<String, Policy> policies;
    private final RateLimiter limiter;
    private final LiveGateways gateways;

    RateLimitsEndpoint(Map<String, Policy> policies, RateLimiter limiter, LiveGateways gateways) {
        this.policies = policies;
        this.limiter = limiter;
        this.gateways = gateways;
    }

    /**
     * The state of all limits.
     *
     * @param store the store that decides now: redis or local
     * @param redis how Redis is asked, or {@code null} where it is not configured
     * @param policies the policies by name
     */
    public record Limits(String store, @Nullable Redis redis, Map<String, Limit> policies) {}

    /**
     * How Redis is asked.
     *
     * @param answers whether it does; while it does not, each policy's on-store-failure decides
     * @param gateways live gateways that share the limits, as last heard
     * @param callsUnderWay keys for which a call is under way
     * @param denialsKept buckets that are remembered as unable to give
     */
    public record Redis(boolean answers, int gateways, int callsUnderWay, long denialsKept) {}

    /**
     * One policy.
     *
     * @param capacity tokens in a full bucket
     * @param fillSeconds time from empty to full
     * @param cost tokens per request
     * @param onStoreFailure what happens while Redis does not answer
     * @param shadow whether it only reports
     */
    public record Limit(
            long capacity, double fillSeconds, long cost, String onStoreFailure, boolean shadow) {}

    /**
     * One bucket.
     *
     * @param key its name in the store
     * @param tokens whole tokens in it now
     * @param capacity tokens when it is full
     * @param resetSeconds until it is full
     */
    public record Bucket(String key, long tokens, long capacity, double resetSeconds) {}

    @ReadOperation
    public Limits limits() {
        Map<String, Limit> all = new TreeMap<>();
        policies.forEach((name, policy) -> all.put(name, limit(policy)));
        return new Limits(limiter.source().label(), redis(), all);
    }

    private @Nullable Redis redis() {
        SharedBuckets shared = limiter.shared();
        return shared == null
                ? null
                : new Redis(
                        limiter.source() == Decision.Source.REDIS,
                        gateways.getAsInt(),
                        shared.underWay(),
                        shared.denialsKept());
    }

    /** The bucket of this identity, as it stands in the key: {@code user:42}, {@code global}. */
    @ReadOperation
    public Mono<Bucket> bucket(@Selector String policy, @Selector String key) {
        Policy found = policies.get(policy);
        return found == null
                ? Mono.empty()
                : Mono.fromCompletionStage(() -> limiter.peek(found.demand(key)))
                        .map(RateLimitsEndpoint::view);
    }

    /** Fills the bucket of this identity. */
    @DeleteOperation
    public Mono<WebEndpointResponse<Void>> reset(@Selector String policy, @Selector String key) {
        if (!policies.containsKey(policy)) {
            return Mono.just(new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND));
        }
        return Mono.fromCompletionStage(() -> limiter.reset(BucketKeys.bucket(policy, key)))
                .thenReturn(new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT));
    }

    private static Limit limit(Policy policy) {
        return new Limit(
                policy.shape().capacity(),
                seconds(policy.shape().fillMicros()),
                policy.cost(),
                policy.onStoreFailure().name().toLowerCase(java.util.Locale.ROOT),
                policy.shadow());
    }

    private static Bucket view(PolicyResult result) {
        Demand demand = result.demand();
        return new Bucket(
                demand.bucket(),
                result.remaining(),
                result.limit(),
                seconds(Math.max(0, result.resetMicros())));
    }

    private static double seconds(long micros) {
        return micros / 1e6;
    }
}
