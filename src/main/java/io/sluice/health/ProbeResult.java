package io.sluice.health;

/** How one probe ended. */
public sealed interface ProbeResult {

    /** The endpoint answered with this status, expected or not. */
    record Answered(int status) implements ProbeResult {}

    /** No answer in time. */
    record TimedOut() implements ProbeResult {}

    /** No connection, or no valid HTTP on it. */
    record Unreachable() implements ProbeResult {}
}
