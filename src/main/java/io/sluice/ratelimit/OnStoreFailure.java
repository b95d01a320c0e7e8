package io.sluice.ratelimit;

/** What a policy does while the shared store does not answer. */
public enum OnStoreFailure {
    /** This gateway's share of the bucket, kept in this process, decides. */
    LOCAL,
    /** Every request passes. */
    OPEN,
    /** No request passes. */
    CLOSED
}
