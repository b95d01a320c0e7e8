package io.sluice.ratelimit;

/**
 * A store answered, but what it keeps under a bucket's name is no bucket. The decision is made
 * without the store; the store itself is not taken for dead.
 */
public final class UnreadableBucketException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnreadableBucketException(String message, Throwable cause) {
        super(message, cause);
    }
}
