package io.sluice.sim;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The clock and what is to happen: earliest first, those of one moment in the order of asking. */
final class Events {

    private record Event(long atNanos, long order, Runnable what) implements Comparable<Event> {

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> queue = new PriorityQueue<>();
    private long now;
    private long asked;

    long now() {
        return now;
    }

    void at(long nanos, Runnable what) {
        queue.add(new Event(Math.max(now, nanos), asked++, what));
    }

    void after(long nanos, Runnable what) {
        at(now + nanos, what);
    }

    /** Lets everything happen, until nothing is left to. */
    void run() {
        @Nullable Event next = queue.poll();
        while (next != null) {
            now = next.atNanos;
            next.what.run();
            next = queue.poll();
        }
    }
}
