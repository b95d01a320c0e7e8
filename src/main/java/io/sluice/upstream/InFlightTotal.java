package io.sluice.upstream;

import java.util.concurrent.atomic.LongAdder;

/**
 * Leases open at all endpoints of one upstream, so that the mean load is known without a walk over
 * them. Safe for any number of threads; a reading is exact whenever no lease is being taken or
 * released at that moment.
 */
public final class InFlightTotal {

    private final LongAdder open = new LongAdder();

    public long get() {
        return open.sum();
    }

    void acquired() {
        open.increment();
    }

    void released() {
        open.decrement();
    }
}
