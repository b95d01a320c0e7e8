package io.sluice.ratelimit.spring;

import io.sluice.explain.Part;
import io.sluice.explain.Part.Limit;
import io.sluice.explain.Part.Limits;
import io.sluice.ratelimit.Demand;
import io.sluice.ratelimit.KeySource;
import io.sluice.ratelimit.Policy;
import io.sluice.ratelimit.PolicyResult;
import io.sluice.ratelimit.RateLimiter;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a route's policies would say to a request. Buckets are looked at, and nothing is taken. */
final class LimitPreview {

    private LimitPreview() {}

    /** A policy with what was seen of its bucket. */
    private record Seen(Limit limit, boolean denies) {}

    static Mono<Limits> of(List<Policy> policies, RateLimiter limiter, KeySource keys) {
        return Flux.fromIterable(policies)
                .concatMap(policy -> seen(policy, limiter, keys))
                .collectList()
                .map(LimitPreview::together);
    }

    private static Mono<Seen> seen(Policy policy, RateLimiter limiter, KeySource keys) {
        String identity = policy.key().identity(keys);
        Demand demand = policy.demand(identity, keys);
        return policy.allows(identity)
                ? Mono.just(new Seen(limit(demand, true, null), false))
                : Mono.fromCompletionStage(() -> limiter.peek(demand))
                        .map(found -> new Seen(limit(demand, false, found), denies(found, demand)))
                        .onErrorResume(
                                away -> Mono.just(new Seen(limit(demand, false, null), false)));
    }

    private static boolean denies(PolicyResult found, Demand asked) {
        return asked.enforced() && found.remaining() < asked.cost();
    }

    private static Limit limit(Demand demand, boolean exempt, @Nullable PolicyResult found) {
        return new Limit(
                demand.policy().name(),
                demand.identity(),
                demand.bucket(),
                demand.cost(),
                demand.policy().shadow(),
                exempt,
                found == null ? null : found.remaining(),
                found == null ? demand.shape().capacity() : found.limit(),
                found == null ? null : Math.max(0, found.resetMicros()) / 1e6);
    }

    private static Limits together(List<Seen> all) {
        String denying =
                all.stream()
                        .filter(Seen::denies)
                        .map(seen -> seen.limit().policy())
                        .collect(Collectors.joining(", "));
        Part.Refusal refusal =
                denying.isEmpty()
                        ? null
                        : new Part.Refusal(
                                429, "rate-limit-exceeded", "too few tokens left: " + denying);
        return new Limits(all.stream().map(Seen::limit).toList(), refusal);
    }
}
