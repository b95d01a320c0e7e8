package io.sluice.ratelimit;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where buckets are kept. Safe for any number of threads; never blocks. */
public interface RateLimitStore {

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

    /** Fails every decision that is not made yet. */
    default void abandon() {}

    /** Asks by another way from now on, if there is one: the one so far seems dead. */
    default void renew() {}
}
