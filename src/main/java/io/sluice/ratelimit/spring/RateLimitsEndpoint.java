package io.sluice.ratelimit.spring;

import io.sluice.ratelimit.Decision;
import io.sluice.ratelimit.Demand;
import io.sluice.ratelimit.LiveGateways;
import io.sluice.ratelimit.Policy;
import io.sluice.ratelimit.PolicyResult;
import io.sluice.ratelimit.RateLimiter;
import io.sluice.ratelimit.SharedBuckets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * {@code /actuator/ratelimits}: the policies and the store that decides now; below it, {@code
 * /{policy}/{identity}}, an identity's buckets to look at (GET) or to fill (DELETE).
 */
@Endpoint(id = "ratelimits")
public final class RateLimitsEndpoint {

    private final Supplier<RateLimitRules> rules;
    private final LiveGateways gateways;

    RateLimitsEndpoint(Supplier<RateLimitRules> rules, LiveGateways gateways) {
        this.rules = rules;
        this.gateways = gateways;
    }

    private RateLimiter limiter() {
        return rules.get().limiter();
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
     * @param claim the claim that names a request's plan, or {@code null} where there is none
     * @param plans the plans by name
     * @param allowed how many identities are on the allow-list
     */
    public record Limit(
            long capacity,
            double fillSeconds,
            long cost,
            String onStoreFailure,
            boolean shadow,
            @Nullable String claim,
            Map<String, Plan> plans,
            int allowed) {}

    /**
     * The size that a plan gives.
     *
     * @param capacity tokens in a full bucket
     * @param fillSeconds time from empty to full
     */
    public record Plan(long capacity, double fillSeconds) {}

    /**
     * One bucket.
     *
     * @param key its name in the store
     * @param tokens whole tokens in it now
     * @param capacity tokens when it is full
     * @param resetSeconds until it is full
     */
    public record Bucket(String key, long tokens, long capacity, double resetSeconds) {}

    /**
     * What a policy keeps of an identity: its bucket of the policy's own size, and one per plan.
     *
     * @param key the own bucket's name in the store
     * @param tokens whole tokens in it now
     * @param capacity tokens when it is full
     * @param resetSeconds until it is full
     * @param allowed whether the identity is on the allow-list; then nothing is taken from any
     * @param plans the plans' buckets by plan
     */
    public record Buckets(
            String key,
            long tokens,
            long capacity,
            double resetSeconds,
            boolean allowed,
            Map<String, Bucket> plans) {

        Buckets(Bucket own, boolean allowed, Map<String, Bucket> plans) {
            this(own.key(), own.tokens(), own.capacity(), own.resetSeconds(), allowed, plans);
        }
    }

    @ReadOperation
    public Limits limits() {
        Map<String, Limit> all = new TreeMap<>();
        rules.get().policies().forEach((name, policy) -> all.put(name, limit(policy)));
        return new Limits(limiter().source().label(), redis(), all);
    }

    private @Nullable Redis redis() {
        SharedBuckets shared = limiter().shared();
        return shared == null
                ? null
                : new Redis(
                        limiter().source() == Decision.Source.REDIS,
                        gateways.getAsInt(),
                        shared.underWay(),
                        shared.denialsKept());
    }

    /** The buckets of this identity, as it stands in the key: {@code user:42}, {@code global}. */
    @ReadOperation
    public Mono<Buckets> buckets(@Selector String policy, @Selector String key) {
        Policy found = rules.get().policies().get(policy);
        if (found == null) {
            return Mono.empty();
        }
        Mono<Map<String, Bucket>> plans =
                Flux.fromIterable(found.plans().names())
                        .flatMap(plan -> look(found.demand(key, plan)).map(b -> Map.entry(plan, b)))
                        .collectMap(Map.Entry::getKey, Map.Entry::getValue, TreeMap::new);
        return Mono.zip(
                look(found.demand(key)),
                plans,
                (own, others) -> new Buckets(own, found.allows(key), others));
    }

    private Mono<Bucket> look(Demand demand) {
        return Mono.fromCompletionStage(() -> limiter().peek(demand)).map(RateLimitsEndpoint::view);
    }

    /** Fills the buckets of this identity. */
    @DeleteOperation
    public Mono<WebEndpointResponse<Void>> reset(@Selector String policy, @Selector String key) {
        Policy found = rules.get().policies().get(policy);
        if (found == null) {
            return Mono.just(new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND));
        }
        return Flux.fromIterable(found.demands(key))
                .flatMap(demand -> Mono.fromCompletionStage(() -> limiter().reset(demand.bucket())))
                .then(Mono.just(new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT)));
    }

    private static Limit limit(Policy policy) {
        Map<String, Plan> plans = new TreeMap<>();
        policy.plans()
                .shapes()
                .forEach(
                        (plan, shape) ->
                                plans.put(
                                        plan,
                                        new Plan(shape.capacity(), seconds(shape.fillMicros()))));
        return new Limit(
                policy.shape().capacity(),
                seconds(policy.shape().fillMicros()),
                policy.cost(),
                policy.onStoreFailure().name().toLowerCase(Locale.ROOT),
                policy.shadow(),
                plans.isEmpty() ? null : policy.plans().claim(),
                plans,
                policy.allowList().size());
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
