package io.sluice.upstream.kubernetes;

/** The API server answered with another status than 200. */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int GONE = 410;

    private final int status;

    RefusedException(int status, String message) {
        super("status " + status + (message.isEmpty() ? "" : ": " + message), null, false, false);
        this.status = status;
    }

    /** Whether the resource version was too old. */
    boolean isGone() {
        return status == GONE;
    }
}
