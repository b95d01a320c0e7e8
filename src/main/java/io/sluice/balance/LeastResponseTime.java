package io.sluice.balance;

import io.sluice.upstream.EndpointSet;
import io.sluice.upstream.EndpointState;
import java.util.function.LongSupplier;
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
    private static final long LEAST_NANOS = 1 << 14;

    /** More than any estimate: what a second request pays while a probe is out. */
    private static final double PROBING_NANOS = 0x1p62;

    private final LoadMeasure measure;
    private final RandomGenerator random;

    LeastResponseTime(LongSupplier nanoClock, RandomGenerator random) {
        this.measure = new ResponseTimeLoad(nanoClock);
        this.random = random;
    }

    @Override
    public Picker picker(EndpointSet endpoints) {
        return new LeastLoadedPicker(Pool.usable(endpoints), measure, random);
    }

    private record ResponseTimeLoad(LongSupplier nanoClock) implements LoadMeasure {

        @Override
        public long nowNanos() {
            return nanoClock.getAsLong();
        }

        @Override
        public double load(EndpointState state, long nowNanos, boolean probing) {
            long estimate = state.responseTimeNanos(nowNanos);
            if (estimate < 0) {
                int waiting = state.waiting();
                return waiting == 0 ? 0 : PROBING_NANOS * (waiting + 1);
            }
            if (probing && state.responseTimeStale(nowNanos) && state.waiting() == 0) {
                return 0;
            }
            long expected = state.meanWaitingNanos(nowNanos, estimate);
            return (double) classOf(expected) * (state.inFlight() + 1);
        }
    }

    /** The number with all but its two leading bits cleared. */
    static long classOf(long nanos) {
        long floored = Math.max(LEAST_NANOS, nanos);
        return floored & (0xC000_0000_0000_0000L >>> Long.numberOfLeadingZeros(floored));
    }
}
