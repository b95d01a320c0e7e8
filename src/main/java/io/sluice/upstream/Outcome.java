package io.sluice.upstream;

/** How one attempt at an endpoint ended, in the words that balancing and health need. */
public enum Outcome {
    /** Answered with a status below 500. */
    SUCCESS,
    /** Answered with a status of 500 or above. */
    SERVER_ERROR,
    /** No connection could be made. */
    CONNECT_ERROR,
    /** The response did not start, or did not go on, within its time. */
    TIMEOUT,
    /** The connection broke or the answer was not valid HTTP. */
    BROKEN,
    /** The client went away, or the gateway gave up for a reason that is not the endpoint's. */
    CANCELLED;

    /** Whether the endpoint is to blame. */
    public boolean failure() {
        return this != SUCCESS && this != CANCELLED;
    }
}
