package io.sluice.health;

import io.sluice.upstream.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What passive detection holds of one endpoint. Immutable; every transition makes a new one.
 *
 * @param phase where it stands
 * @param sinceNanos when it came into this phase
 * @param untilNanos when the ejection ends; without meaning in other phases
 * @param times ejections that still count towards the length of the next one
 * @param cause the last failure before the ejection, or {@code null} if there was none
 */
public record OutlierStatus(
        Phase phase, long sinceNanos, long untilNanos, int times, @Nullable Outcome cause) {

    /** The phases of an endpoint. */
    public enum Phase {
        /** Gets its share of requests. */
        IN_SERVICE,
        /** Gets none until its time is over. */
        EJECTED,
        /** One request may try it. */
        TRIAL_OPEN,
        /** That request is under way; until it ends no other goes there. */
        TRIAL_OUT,
        /** No longer of the upstream; final. */
        GONE
    }

    static OutlierStatus inService(long nowNanos, int times) {
        return new OutlierStatus(Phase.IN_SERVICE, nowNanos, nowNanos, times, null);
    }

    static OutlierStatus ejected(
            long nowNanos, long lengthNanos, int times, @Nullable Outcome cause) {
        return new OutlierStatus(Phase.EJECTED, nowNanos, nowNanos + lengthNanos, times, cause);
    }

    OutlierStatus to(Phase next, long nowNanos) {
        return new OutlierStatus(next, nowNanos, untilNanos, times, cause);
    }

    /** Whether a pick may choose it; a trial has to be won with {@link OutlierDetector#mayTry}. */
    public boolean usable() {
        return phase == Phase.IN_SERVICE || phase == Phase.TRIAL_OPEN;
    }

    /** Whether it is counted against the share that may be out. */
    boolean out() {
        return phase == Phase.EJECTED || phase == Phase.TRIAL_OPEN || phase == Phase.TRIAL_OUT;
    }

    boolean timeIsOver(long nowNanos) {
        return phase == Phase.EJECTED && nowNanos - untilNanos >= 0;
    }
}
