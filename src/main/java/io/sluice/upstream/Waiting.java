package io.sluice.upstream;

/**
 * How many requests wait for a response and the sum of their starting times, in one word, so that
 * one atomic addition changes both and no reader ever sees the one without the other.
 *
 * <p>The count fills the low 20 bits. The sum fills the 44 bits above, in ticks of 2<sup>14</sup>
 * ns (16 µs), modulo 2<sup>44</sup>: whatever the origin of the clock is, count × now − sum is
 * right as long as the ages add up to less than 4 years. More than 1,048,575 waiting requests at
 * one endpoint cannot be told apart from fewer.
 */
final class Waiting {

    static final int TICK_SHIFT = 14;
    private static final int COUNT_BITS = 20;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

    private Waiting() {}

    /** What a request that began at {@code startNanos} adds on start and takes off at its end. */
    static long one(long startNanos) {
        return ((startNanos >> TICK_SHIFT) << COUNT_BITS) + 1;
    }

    static int count(long word) {
        return (int) (word & COUNT_MASK);
    }

    /**
     * Mean age in nanoseconds of what waits, but at least {@code leastNanos}; that alone when
     * nothing waits. Divides only if the mean is above it.
     */
    static long meanAgeNanos(long word, long nowNanos, long leastNanos) {
        long count = word & COUNT_MASK;
        long ticks = count * (nowNanos >> TICK_SHIFT) - (word >> COUNT_BITS);
        long signed = (ticks << COUNT_BITS) >> COUNT_BITS;
        if (signed <= count * (leastNanos >> TICK_SHIFT)) {
            return leastNanos;
        }
        return Math.max(leastNanos, (signed / count) << TICK_SHIFT);
    }
}
