package io.sluice.ratelimit;

/**
 * What is kept of a bucket that is not full: its level at one moment. No state means a full bucket.
 * Immutable.
 *
 * @param tokens whole tokens
 * @param fraction the rest, in units of {@code 1 / scale} token
 * @param scale the scale that {@code fraction} is counted in; with another one it counts as 0, so
 *     that a changed refill keeps the whole tokens and gives nothing away
 * @param lastMicros when the level was taken, in microseconds of the store's clock
 */
public record BucketState(long tokens, long fraction, long scale, long lastMicros) {}
