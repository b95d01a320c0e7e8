package io.sluice.ratelimit;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Where buckets are kept. Safe for any number of threads; never blocks. */
public interface RateLimitStore {

    /** The name of a store's server where it has but one. */
    String ONLY = "";

    /**
     * Decides over several buckets together: each gives the granted permits, or none does.
     *
     * @param demands at least one, no two on the same bucket
     * @param permits how many are wished for, at least 1; fewer may be granted
     * @return the decision; it fails when the store did not answer, and then tokens may have been
     *     taken, but no request was admitted for them
     */
    CompletionStage<Decision> decide(List<Demand> demands, int permits);

    /** Fills a bucket: the answer is whether it was not full as far as the store knew. */
    CompletionStage<Boolean> reset(String bucket);

    /** Looks at a bucket without taking from it. */
    default CompletionStage<PolicyResult> peek(Demand demand) {
        return decide(List.of(demand.withCost(0)), 1)
                .thenApply(decision -> decision.results().get(0));
    }

    /** The servers that keep buckets now. */
    default Set<String> servers() {
        return Set.of(ONLY);
    }

    /**
     * The servers that keep these buckets now. Where there are several, a decision that fails for
     * one of them fails with {@link ServerFailedException}.
     */
    default Set<String> servers(List<Demand> demands) {
        return servers();
    }

    /** Ends normally when this server answers; takes nothing of anybody's. */
    default CompletionStage<Decision> probe(String server) {
        return decide(Probe.demands(0), 1);
    }

    /** Fails every decision that waits for this server. */
    default void abandon(String server) {}

    /** Asks by another way from now on, if there is one: this server seems dead. */
    default void renew(String server) {}
}
