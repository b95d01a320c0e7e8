package io.sluice.ratelimit;

import java.util.Comparator;

/**
 * What one policy says about a request. Immutable.
 *
 * @param demand what was asked
 * @param outcome what became of it
 */
public record PolicyResult(Demand demand, TokenBucket.Outcome outcome) {

    /**
     * The tightest first: what was refused before what was not, the longest wait first (never is
     * the longest); then what has the smallest part of its capacity left. What is not enforced
     * comes last.
     */
    public static final Comparator<PolicyResult> TIGHTEST_FIRST =
            Comparator.comparing((PolicyResult result) -> !result.demand().enforced())
                    .thenComparing(result -> !result.exceeded())
                    .thenComparing(PolicyResult::waitMicros, Comparator.reverseOrder())
                    .thenComparingDouble(PolicyResult::part);

    PolicyResult share(int index, long granted) {
        return new PolicyResult(
                demand, outcome.share(demand.shape(), demand.cost(), index, granted));
    }

    public Policy policy() {
        return demand.policy();
    }

    /** Whether the bucket could not give what was asked. */
    public boolean exceeded() {
        return outcome.exceeded();
    }

    /** Whether this policy refuses the request. */
    public boolean denies() {
        return outcome.exceeded() && demand.enforced();
    }

    /** Tokens in a full bucket. */
    public long limit() {
        return demand.shape().capacity();
    }

    /** Whole tokens left. */
    public long remaining() {
        return outcome.remaining();
    }

    /** Until one more token is there; see {@link TokenBucket.Outcome#nextMicros}. */
    public long nextMicros() {
        return outcome.nextMicros();
    }

    /** Until the bucket is full; see {@link TokenBucket.Outcome#resetMicros}. */
    public long resetMicros() {
        return outcome.resetMicros();
    }

    /** Until this bucket can give what was asked; see {@link TokenBucket.Outcome#retryMicros}. */
    public long retryAfterMicros() {
        return outcome.retryMicros();
    }

    private long waitMicros() {
        return retryAfterMicros() == TokenBucket.NEVER ? Long.MAX_VALUE : retryAfterMicros();
    }

    private double part() {
        return limit() == 0 ? 0 : (double) remaining() / limit();
    }
}
