package io.sluice.upstream.kubernetes;

/** The API server said something that is not what its API promises. */
final class UnreadableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnreadableException(String reason) {
        super(reason, null, false, false);
    }
}
