package io.sluice.ratelimit;

/**
 * A store answers, but not for this bucket: what it keeps under the name is no bucket, or it is
 * about to move it. The decision is made without the store; the store itself is not taken for dead.
 */
public final class BucketUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public BucketUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
