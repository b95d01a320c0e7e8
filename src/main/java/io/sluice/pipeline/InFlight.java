package io.sluice.pipeline;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The requests that the traffic port is working on. Thread-safe. */
public final class InFlight {

    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder finished = new LongAdder();

    public void arrived() {
        open.incrementAndGet();
    }

    public void finished() {
        open.decrementAndGet();
        finished.increment();
    }

    public int open() {
        return open.get();
    }

    /** Requests finished since the start, whatever their outcome. */
    public long finishedTotal() {
        return finished.sum();
    }
}
