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

    /** A tick in nanoseconds over a count: a multiplication in place of a division. */
    private static final float[] TICK_NANOS_EACH = tickNanosEach();

    private Waiting() {}

    /** What a request that began at {@code startNanos} adds on start and takes off at its end. */
    static long one(long startNanos) {
        return ((startNanos >> TICK_SHIFT) << COUNT_BITS) + 1;
    }

    static int count(long word) {
        return (int) (word & COUNT_MASK);
    }

    /**
     * Mean age in nanoseconds of what waits; 0 when nothing waits, negative when the reader's clock
     * is behind. Right to seven digits.
     */
    static float meanAgeNanos(long word, long nowNanos) {
        int count = count(word);
        long ticks = count * (nowNanos >> TICK_SHIFT) - (word >> COUNT_BITS);
        long signed = (ticks << COUNT_BITS) >> COUNT_BITS;
        return count < TICK_NANOS_EACH.length
                ? signed * TICK_NANOS_EACH[count]
                : (float) signed * (1 << TICK_SHIFT) / count;
    }

    private static float[] tickNanosEach() {
        float[] each = new float[64];
        for (int count = 1; count < each.length; count++) {
            each[count] = (float) (1 << TICK_SHIFT) / count;
        }
        return each;
    }
}
