package io.sluice.edge;

/**
 * What an HTTP/1.1 connection owes us, and until when: its first byte, the rest of a head that has
 * begun, the rest of a body that nobody reads any more. Times are of one clock in nanoseconds,
 * compared by subtraction. Not thread-safe.
 */
public final class ConnectionPhases {

    /** What is waited for. */
    public enum Phase {
        FIRST_BYTE,
        HEAD,
        /** The response has ended and the request's body has not. */
        REST_OF_BODY,
        /** Nothing that the client owes. */
        NONE
    }

    private final long firstByteNanos;
    private final long headNanos;
    private Phase phase = Phase.FIRST_BYTE;
    private long since;
    private int unanswered;
    private boolean bodyOpen;
    private boolean left;

    /**
     * @param now when the connection was opened
     */
    public ConnectionPhases(long firstByteNanos, long headNanos, long now) {
        this.firstByteNanos = firstByteNanos;
        this.headNanos = headNanos;
        this.since = now;
    }

    /** Bytes have come. Within a request that is being served they are no new head. */
    public void bytes(long now) {
        if (!left && unanswered == 0 && !bodyOpen && phase != Phase.HEAD) {
            enter(Phase.HEAD, now);
        }
    }

    /** A whole head has come; in a pipeline perhaps before the last response has ended. */
    public void head(long now) {
        unanswered++;
        bodyOpen = true;
        enter(Phase.NONE, now);
    }

    /** The request's body, empty or not, has ended. */
    public void bodyEnd(long now) {
        bodyOpen = false;
        enter(Phase.NONE, now);
    }

    /** The oldest response that was owed has been written. */
    public void responseEnd(long now) {
        unanswered = Math.max(0, unanswered - 1);
        enter(bodyOpen && unanswered == 0 && !left ? Phase.REST_OF_BODY : Phase.NONE, now);
    }

    /** Whether a body that has begun has not ended. */
    public boolean bodyOpen() {
        return bodyOpen;
    }

    /** The connection speaks another protocol from now on, with limits of its own. */
    public void leave(long now) {
        left = true;
        bodyOpen = false;
        enter(Phase.NONE, now);
    }

    private void enter(Phase next, long now) {
        phase = next;
        since = now;
    }

    public Phase phase() {
        return phase;
    }

    /**
     * Nanoseconds that are left; 0 or less when time is up, {@link Long#MAX_VALUE} where there is
     * no limit.
     */
    public long left(long now) {
        return switch (phase) {
            case NONE -> Long.MAX_VALUE;
            case FIRST_BYTE -> firstByteNanos - (now - since);
            case HEAD, REST_OF_BODY -> headNanos - (now - since);
        };
    }
}
