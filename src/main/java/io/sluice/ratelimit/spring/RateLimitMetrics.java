package io.sluice.ratelimit.spring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.ratelimit.Decision.Source;
import io.sluice.ratelimit.LiveGateways;
import io.sluice.ratelimit.Policy;
import io.sluice.ratelimit.PolicyResult;
import io.sluice.ratelimit.RateLimiter;
import io.sluice.ratelimit.SharedBuckets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Counts decisions. Every meter is looked up once, before the first request. */
final class RateLimitMetrics {

    /** What is counted per policy. */
    enum Result {
        ALLOWED,
        DENIED,
        SHADOW_DENIED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** By policy; then by source and result, at their ordinals. */
    private final Map<String, Counter[][]> counters = new HashMap<>();

    private final Map<String, Counter> exempt = new HashMap<>();

    private final MeterRegistry registry;

    RateLimitMetrics(MeterRegistry registry, Iterable<Policy> policies) {
        this.registry = registry;
        for (Policy policy : policies) {
            Counter[][] own = new Counter[Source.values().length][Result.values().length];
            for (Source source : Source.values()) {
                for (Result result : Result.values()) {
                    own[source.ordinal()][result.ordinal()] =
                            counter(registry, policy, source, result);
                }
            }
            counters.put(policy.name(), own);
            exempt.put(
                    policy.name(),
                    Counter.builder("sluice.ratelimit.exempt")
                            .description("Requests that an allow-list exempts from a rate limit")
                            .tag("policy", policy.name())
                            .register(registry));
        }
    }

    /** Says at any time which store decides: 1 for that one, 0 for the other. */
    static void showStore(MeterRegistry registry, Supplier<RateLimiter> limiter) {
        for (Source source : new Source[] {Source.REDIS, Source.LOCAL}) {
            Gauge.builder("sluice.ratelimit.store", () -> limiter.get().source() == source ? 1 : 0)
                    .description("1 for the store that decides now")
                    .tag("kind", source.label())
                    .register(registry);
        }
    }

    /** Shows how the shared store is asked. */
    static void showShared(MeterRegistry registry, SharedBuckets shared, LiveGateways gateways) {
        Gauge.builder("sluice.ratelimit.calls.underway", shared, SharedBuckets::underWay)
                .description("Keys for which a call to Redis is under way")
                .register(registry);
        Gauge.builder("sluice.ratelimit.servers.away", shared, SharedBuckets::serversAway)
                .description("Servers of Redis that are left alone, for they do not answer")
                .register(registry);
        Gauge.builder("sluice.ratelimit.gateways", gateways, LiveGateways::getAsInt)
                .description("Live gateways that share the limits, as last heard from Redis")
                .register(registry);
        Gauge.builder("sluice.ratelimit.denials.kept", shared, SharedBuckets::denialsKept)
                .description("Buckets that are remembered as unable to give")
                .register(registry);
    }

    /** Takes the counters of other policies away: these are gone. */
    void removeAllBut(Set<String> policies) {
        for (Map.Entry<String, Counter[][]> one : counters.entrySet()) {
            if (!policies.contains(one.getKey())) {
                for (Counter[] bySource : one.getValue()) {
                    for (Counter counter : bySource) {
                        registry.remove(counter);
                    }
                }
                Counter passed = exempt.get(one.getKey());
                if (passed != null) {
                    registry.remove(passed);
                }
            }
        }
    }

    /**
     * Counts a decision: an admitted request for every policy, a denied one for those that denied
     * it, and what is in shadow for what it would have said.
     */
    void count(List<PolicyResult> results, boolean allowed, Source source) {
        for (PolicyResult result : results) {
            if (result.exceeded() && result.policy().shadow()) {
                count(result.policy(), Result.SHADOW_DENIED, source);
            } else if (result.denies()) {
                count(result.policy(), Result.DENIED, source);
            } else if (allowed) {
                count(result.policy(), Result.ALLOWED, source);
            }
        }
    }

    void count(Policy policy, Result result, Source source) {
        Counter[][] own = counters.get(policy.name());
        if (own != null) {
            own[source.ordinal()][result.ordinal()].increment();
        }
    }

    /** Counts a request that the policy's allow-list lets pass. */
    void exempt(Policy policy) {
        Counter own = exempt.get(policy.name());
        if (own != null) {
            own.increment();
        }
    }

    private static Counter counter(
            MeterRegistry registry, Policy policy, Source source, Result result) {
        return Counter.builder("sluice.ratelimit.decisions")
                .description("Decisions of rate limits")
                .tag("policy", policy.name())
                .tag("decision", result.label())
                .tag("source", source.label())
                .register(registry);
    }
}
