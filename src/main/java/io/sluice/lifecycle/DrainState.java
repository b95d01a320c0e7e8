package io.sluice.lifecycle;

/** Where a {@link DrainPlan} stands. */
public enum DrainState {
    /** Normal work. */
    SERVING,
    /** Requests are served, and told to close their connection; readiness is down. */
    DRAINING,
    /** As DRAINING, and long-lived streams are being ended one by one. */
    CLOSING_STREAMS,
    /** Nothing more is accepted; what is in flight may finish. */
    CLOSED
}
