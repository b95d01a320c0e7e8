package io.sluice.upstream;

import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Releases of one lease by several threads, with the response's start between them: one wins, and
 * the counts are as if they had come one after the other.
 */
public class LeaseLincheckTest {

    private final EndpointState state = new EndpointState("a:1");
    private final Lease lease = state.acquire(1_000_000);
    private final AtomicInteger firstReleases = new AtomicInteger();

    @Operation
    public void responseStarted() {
        lease.responseStarted(2_000_000);
    }

    @Operation
    public void streaming() {
        lease.streaming();
    }

    @Operation
    public boolean releaseFailed() {
        return released(lease.release(Outcome.SERVER_ERROR, 3_000_000, 0));
    }

    @Operation
    public boolean releaseCancelled() {
        return released(lease.release(Outcome.CANCELLED, 3_000_000, 0));
    }

    private boolean released(boolean first) {
        if (first) {
            firstReleases.incrementAndGet();
        }
        return first;
    }

    @Validate
    public void countsAgree() {
        int open = 1 - firstReleases.get();
        if (open < 0 || state.inFlight() != open || state.waiting() > open) {
            throw new IllegalStateException(
                    "open " + open + ", in flight " + state.inFlight() + ", " + state.waiting());
        }
    }

    @Test
    void release_everyInterleaving_isAtomic() {
        new ModelCheckingOptions()
                .iterations(5)
                .invocationsPerIteration(100)
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(1)
                .check(LeaseLincheckTest.class);
    }
}
