package io.sluice.ratelimit;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Calls that all have the same time limit, in the order in which they were begun: so what is over
 * stands at the head, and beginning a call costs one append and no timer.
 *
 * <p>Somebody must {@link #sweep} from time to time while there is anything; a call then fails at
 * the first sweep after its time. Safe for any number of threads.
 */
public final class Deadlines {

    /** Nothing is left to wait for. */
    public static final long NONE = Long.MAX_VALUE;

    private record Due(CompletableFuture<?> call, long atNanos) {}

    private final Queue<Due> begun = new ConcurrentLinkedQueue<>();
    private final long limitNanos;
    private final LongSupplier nanoClock;

    /**
     * @param limit how long a call may take
     * @param nanoClock a monotonic clock in nanoseconds
     */
    public Deadlines(Duration limit, LongSupplier nanoClock) {
        this.limitNanos = limit.toNanos();
        this.nanoClock = nanoClock;
    }

    /** A call begins; the answer is when it ends at the latest, on the clock's scale. */
    public long begin(CompletableFuture<?> call) {
        long deadline = nanoClock.getAsLong() + limitNanos;
        begun.add(new Due(call, deadline));
        return deadline;
    }

    /**
     * Fails what is over; the answer is how many nanoseconds are left to what is over next, or
     * {@link #NONE}.
     */
    public long sweep() {
        long now = nanoClock.getAsLong();
        Due due = begun.peek();
        while (due != null && (due.call().isDone() || now - due.atNanos() >= 0)) {
            // Another sweep may have taken it: what is polled is failed, whichever it is.
            fail(begun.poll(), "not answered in time");
            due = begun.peek();
        }
        return due == null ? NONE : due.atNanos() - now;
    }

    /** Fails what is wanted of all that is not done. */
    public void failAll(Predicate<CompletableFuture<?>> wanted, String reason) {
        // One for all: many wait, and each stack trace would keep them longer.
        TimeoutException failure = new TimeoutException(reason);
        for (Due due : begun) {
            if (wanted.test(due.call())) {
                due.call().completeExceptionally(failure);
            }
        }
    }

    /** Fails everything that is not done. */
    public void failAll(String reason) {
        Due due = begun.poll();
        while (due != null) {
            fail(due, reason);
            due = begun.poll();
        }
    }

    private static void fail(@Nullable Due due, String reason) {
        if (due != null && !due.call().isDone()) {
            due.call().completeExceptionally(new TimeoutException(reason));
        }
    }
}
