package io.sluice.upstream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one attempt holds of an endpoint, from pick to last byte. Released exactly once, whoever
 * comes first: the end of the answer, an error, a timeout or the client that went away. Safe for
 * any number of threads.
 *
 * <p>It also tells the endpoint's estimate how long the attempt took:
 *
 * <ul>
 *   <li>a good answer: the time to its head, not to its end, which the client paces;
 *   <li>a failure before the head: the time it took or the penalty, whichever is longer, for an
 *       endpoint that fails fast must not look fast;
 *   <li>a failure after the head: the penalty alone;
 *   <li>a cancelled attempt without an answer: the time it took, if that is above the estimate;
 *   <li>an attempt that became a stream of both sides: nothing.
 * </ul>
 */
public final class Lease {

    private static final int WAITING = 0;
    private static final int RESPONDED = 1;
    private static final int RELEASED = 2;

    private static final VarHandle STAGE;

    static {
        try {
            STAGE = MethodHandles.lookup().findVarHandle(Lease.class, "stage", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final EndpointState state;
    private final long startNanos;
    private volatile int stage = WAITING;

    Lease(EndpointState state, long startNanos) {
        this.state = state;
        this.startNanos = startNanos;
    }

    public EndpointState state() {
        return state;
    }

    public long startNanos() {
        return startNanos;
    }

    /**
     * The head of a good answer has arrived; its time is booked now, however long the body takes.
     * Not to be called for a failing status: {@link #release} books that with its penalty. Only the
     * first call before the release counts.
     */
    public void responseStarted(long nowNanos) {
        if (STAGE.compareAndSet(this, WAITING, RESPONDED)) {
            state.responded(startNanos);
            state.sample(nowNanos - startNanos, nowNanos);
        }
    }

    /**
     * The attempt has become a stream of both sides, such as a WebSocket: it stays in flight, but
     * no answer is waited for, so that neither its age nor its length is taken for a response time.
     */
    public void streaming() {
        if (STAGE.compareAndSet(this, WAITING, RESPONDED)) {
            state.responded(startNanos);
        }
    }

    /**
     * Gives the endpoint back. The first call counts, every later one does nothing.
     *
     * @param penaltyNanos least response time to book for a failure; 0 for none. A {@code
     *     Retry-After} goes in here, capped by the caller
     * @return whether this call was the first
     */
    public boolean release(Outcome outcome, long nowNanos, long penaltyNanos) {
        int was = (int) STAGE.getAndSet(this, RELEASED);
        if (was == RELEASED) {
            return false;
        }
        boolean waited = was == WAITING;
        if (waited) {
            state.responded(startNanos);
        }
        book(outcome, waited, nowNanos, penaltyNanos);
        state.released(outcome.failure());
        return true;
    }

    private void book(Outcome outcome, boolean waited, long nowNanos, long penaltyNanos) {
        long waitedNanos = waited ? nowNanos - startNanos : 0;
        if (outcome.failure()) {
            long sample = Math.max(waitedNanos, penaltyNanos);
            if (sample > 0) {
                state.sample(sample, nowNanos);
            }
        } else if (waited
                && (outcome == Outcome.SUCCESS
                        || waitedNanos > state.responseTimeNanos(nowNanos))) {
            state.sample(waitedNanos, nowNanos);
        }
    }
}
