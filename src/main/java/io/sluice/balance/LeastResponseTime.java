package io.sluice.balance;

import io.sluice.upstream.EndpointSet;
import io.sluice.upstream.EndpointState;
import java.util.random.RandomGenerator;

/**
 * The endpoint with the least response time × (requests in flight + 1) ÷ weight.
 *
 * <p>The response time is the peak EWMA of the state or the mean age of what waits there, whichever
 * is longer: an endpoint that has stopped answering looks slow before its first slow answer. It is
 * then rounded down to one of two classes per doubling (1, 1.5, 2, 3, 4, 6 …), so that near-equals
 * tie and share.
 *
 * <p>An endpoint without an estimate is probed: it comes first while nothing waits there, and last
 * while its probe is out. One whose estimate is stale is probed too, but by one pick in {@value
 * LeastLoadedPicker#PICKS_PER_PROBE} only, so that those that are still slow cost no more than that
 * share of the requests; its next answer then replaces the estimate. So none is left out for good.
 */
final class LeastResponseTime implements Balancer {

    /** Differences below 16 µs are the event loop's noise. */
    private static final int LEAST_NANOS_BITS = Float.floatToRawIntBits(1 << 14);

    /** More than any estimate: what a second request pays while a probe is out. */
    private static final float PROBING_NANOS = 0x1p62f;

    /** Sign, exponent and the first bit of the fraction. */
    private static final int CLASS_BITS = 0xFFC0_0000;

    private final RandomGenerator random;

    LeastResponseTime(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public Picker picker(EndpointSet endpoints) {
        return new LeastLoadedPicker(Pool.usable(endpoints), LeastResponseTime::load, random);
    }

    static float load(EndpointState state, long nowNanos, boolean probing) {
        float expected = state.expectedNanos(nowNanos);
        if (expected < 0) {
            int waiting = state.waiting();
            return waiting == 0 ? 0 : PROBING_NANOS * (waiting + 1);
        }
        if (probing && state.responseTimeStale(nowNanos) && state.waiting() == 0) {
            return 0;
        }
        return classOf(expected) * oneMore(state.inFlight());
    }

    /** The number with all but its two leading bits cleared; at least 2<sup>14</sup>. */
    static float classOf(float nanos) {
        int bits = Math.max(Float.floatToRawIntBits(nanos), LEAST_NANOS_BITS);
        return Float.intBitsToFloat(bits & CLASS_BITS);
    }

    /**
     * {@code inFlight + 1} up to 2<sup>22</sup>: as the low bits of 2<sup>23</sup>, which is taken
     * off again. On JDK 17 the conversion instruction waits for the register's last use, so that
     * sixteen endpoints would be compared one after the other.
     */
    private static float oneMore(int inFlight) {
        int bits = Float.floatToRawIntBits(0x1p23f) | Math.min(inFlight, (1 << 22) - 1);
        return Float.intBitsToFloat(bits) - (0x1p23f - 1);
    }
}
