package io.sluice.ratelimit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * Spends no time on a store that does not answer. After a number of failures in a row it is open,
 * and nothing is asked of the store but one probe per interval; the first success closes it.
 *
 * <p>Lock-free and safe for any number of threads. A probe that is never reported is followed by
 * the next after the interval.
 */
public final class CircuitBreaker {

    /** Told of each change, once, on the thread that caused it. */
    @FunctionalInterface
    public interface Listener {
        void changed(boolean open);
    }

    /** Closed with so many failures in a row, or open until the next probe. */
    private sealed interface State {
        record Closed(int failures) implements State {}

        record Open(long probeNanos) implements State {}
    }

    private static final State CLEAN = new State.Closed(0);

    private final AtomicReference<State> state = new AtomicReference<>(CLEAN);
    private final int threshold;
    private final long probeNanos;
    private final LongSupplier nanoClock;
    private final Listener listener;

    /**
     * @param threshold failures in a row that open it, at least 1
     * @param probeInterval between two calls while it is open
     * @param nanoClock a monotonic clock in nanoseconds
     */
    public CircuitBreaker(
            int threshold, Duration probeInterval, LongSupplier nanoClock, Listener listener) {
        if (threshold < 1) {
            throw new IllegalArgumentException("threshold: " + threshold + " (expected: >= 1)");
        }
        this.threshold = threshold;
        this.probeNanos = probeInterval.toNanos();
        this.nanoClock = nanoClock;
        this.listener = listener;
    }

    /** Whether it is open and a probe is due; true makes the caller the one who makes it. */
    public boolean probeIsDue() {
        State now = state.get();
        if (!(now instanceof State.Open open)) {
            return false;
        }
        long time = nanoClock.getAsLong();
        return time - open.probeNanos() >= 0
                && state.compareAndSet(now, new State.Open(time + probeNanos));
    }

    /** Whether nothing but a probe may be asked now. */
    public boolean isOpen() {
        return state.get() instanceof State.Open;
    }

    /** A call was answered. */
    public void succeeded() {
        State before = state.get();
        while (before != CLEAN && !state.compareAndSet(before, CLEAN)) {
            before = state.get();
        }
        if (before instanceof State.Open) {
            listener.changed(false);
        }
    }

    /** A call failed or took too long; the answer is whether this one opened it. */
    public boolean failed() {
        while (true) {
            State before = state.get();
            if (!(before instanceof State.Closed closed)) {
                return false;
            }
            int failures = closed.failures() + 1;
            boolean opens = failures >= threshold;
            State after =
                    opens
                            ? new State.Open(nanoClock.getAsLong() + probeNanos)
                            : new State.Closed(failures);
            if (state.compareAndSet(before, after)) {
                if (opens) {
                    listener.changed(true);
                }
                return opens;
            }
        }
    }
}
