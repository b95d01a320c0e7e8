package io.sluice.proxy;

/** What {@link RetryPolicy} says of a failed attempt: {@link #RETRY}, or why not. */
public enum RetryVerdict {
    /** Another endpoint may be tried, if the budget has room. */
    RETRY,
    /** The request has had all its attempts. */
    NO_ATTEMPTS_LEFT,
    /** The method may change something each time it is sent. */
    NOT_IDEMPOTENT,
    /** Part of the request's body has gone and cannot be sent again. */
    BODY_SENT,
    /** The client may have seen part of a response. */
    RESPONSE_STARTED,
    /** A failure of this kind would only cost the client more time. */
    NOT_WORTH_IT
}
