package io.sluice.upstream;

/**
 * Peak EWMA: a response-time estimate that jumps up at once and comes down over {@value
 * #TAU_SECONDS} seconds. A sample above the estimate replaces it; a lower one is mixed in with
 * weight 1 − e<sup>−Δ/τ</sup>, Δ being the time since the last sample; without samples the estimate
 * itself fades by e<sup>−Δ/τ</sup>, so that no endpoint stays condemned by an old sample. The
 * formula is Finagle's and linkerd's. One thing is added: an estimate goes stale when its last
 * sample is older than {@value #STALE_FACTOR} times itself, though not before 1 s nor after τ; the
 * next sample then replaces it. Else an endpoint that was slow, or failed, would need a minute of
 * good answers to be believed.
 *
 * <p>An estimate is one {@code long}: the response time as a {@code float} of nanoseconds in the
 * upper half, the time of the last sample in the lower half in ticks of 2<sup>20</sup> ns (about 1
 * ms). So one compare-and-set replaces it and nothing is allocated. The tick counter wraps after 52
 * days; an endpoint without a sample for so long looks freshly sampled for a few minutes. Within
 * one tick only samples above the estimate count, which is what weight 1 − e<sup>−Δ/τ</sup> comes
 * to at Δ = 0.
 */
final class ResponseTimeEstimate {

    static final int TAU_SECONDS = 10;

    /** No sample yet. Never made by {@link #sampled}: its value half would be 0 ns. */
    static final long UNKNOWN = 0;

    private static final int TICK_SHIFT = 20;
    private static final double TAU_TICKS = TAU_SECONDS * 1e9 / (1 << TICK_SHIFT);

    /** Ten time constants: what is older has faded to nothing and says nothing. */
    private static final int FADED_TICKS = (int) (10 * TAU_TICKS);

    /** So a probe takes at most a fifth of the time of an endpoint that is still slow. */
    private static final int STALE_FACTOR = 4;

    private static final float LEAST_STALE_TICKS = 1e9f / (1 << TICK_SHIFT);

    /** A sample booked by a thread whose clock reading is a little older than the last one's. */
    private static final int CLOCK_RACE_TICKS = -1024;

    /* e^(−Δ/τ) is the product of a coarse and a fine factor; both tables fit the first-level cache. */
    private static final int FINE_BITS = 7;
    private static final int FINE_MASK = (1 << FINE_BITS) - 1;
    private static final float[] FINE = powers(1 << FINE_BITS, 1);
    private static final float[] COARSE = powers((FADED_TICKS >> FINE_BITS) + 1, 1 << FINE_BITS);

    private ResponseTimeEstimate() {}

    /** The estimate after one more sample; samples below 1 ns count as 1 ns. */
    static long sampled(long estimate, long sampleNanos, long nowNanos) {
        float sample = Math.max(1, sampleNanos);
        float known = value(estimate);
        if (sample >= known || stale(estimate, nowNanos)) {
            return pack(sample, nowNanos);
        }
        int age = ageTicks(estimate, nowNanos);
        if (age == 0) {
            return estimate;
        }
        float keep = decay(age);
        return pack(Math.max(1f, known * keep + sample * (1 - keep)), nowNanos);
    }

    /**
     * The estimate now in nanoseconds, at least 1; −1 when there never was a sample or the last one
     * is older than ten time constants.
     */
    static long nanos(long estimate, long nowNanos) {
        if (estimate == UNKNOWN) {
            return -1;
        }
        int age = ageTicks(estimate, nowNanos);
        return age > FADED_TICKS ? -1 : Math.max(1L, (long) (value(estimate) * decay(age)));
    }

    /** {@link #nanos} for a comparison: up to 1.4 % above it, and 0 or −1 when unknown. */
    static float roughNanos(long estimate, long nowNanos) {
        int age = (int) (nowNanos >> TICK_SHIFT) - (int) estimate;
        int at = age >>> FINE_BITS;
        if (at < COARSE.length) {
            return value(estimate) * COARSE[at];
        }
        return age < 0 && age >= CLOCK_RACE_TICKS ? value(estimate) : -1;
    }

    /**
     * Whether the last sample is so old, by the measure of its estimate, that it need be renewed.
     */
    static boolean stale(long estimate, long nowNanos) {
        float ticks = STALE_FACTOR * value(estimate) / (1 << TICK_SHIFT);
        float limit = Math.min((float) TAU_TICKS, Math.max(LEAST_STALE_TICKS, ticks));
        return estimate == UNKNOWN || ageTicks(estimate, nowNanos) > limit;
    }

    private static float value(long estimate) {
        return Float.intBitsToFloat((int) (estimate >>> 32));
    }

    private static long pack(float nanos, long nowNanos) {
        return ((long) Float.floatToRawIntBits(nanos) << 32)
                | ((nowNanos >> TICK_SHIFT) & 0xFFFF_FFFFL);
    }

    /** Ticks since the last sample, {@code Integer.MAX_VALUE} for more than that. */
    private static int ageTicks(long estimate, long nowNanos) {
        int age = (int) (nowNanos >> TICK_SHIFT) - (int) estimate;
        if (age >= 0) {
            return age;
        }
        return age >= CLOCK_RACE_TICKS ? 0 : Integer.MAX_VALUE;
    }

    private static float decay(int ageTicks) {
        return ageTicks > FADED_TICKS
                ? 0f
                : COARSE[ageTicks >> FINE_BITS] * FINE[ageTicks & FINE_MASK];
    }

    private static float[] powers(int count, int step) {
        float[] powers = new float[count];
        for (int i = 0; i < count; i++) {
            powers[i] = (float) Math.exp(-i * (double) step / TAU_TICKS);
        }
        return powers;
    }
}
