package io.sluice.ratelimit;

/** What {@link RateLimiter} answers: a decision, or that none can be had. */
public sealed interface Verdict {

    /** The buckets were asked. */
    record Decided(Decision decision) implements Verdict {}

    /**
     * The shared store does not answer and this policy lets nothing pass without it.
     *
     * @param policy the first such policy of the request
     */
    record Unavailable(Policy policy) implements Verdict {}
}
