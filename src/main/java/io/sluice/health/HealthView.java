package io.sluice.health;

import org.jspecify.annotations.Nullable;

/**
 * One endpoint's health from both witnesses, for the endpoint set and for display. Immutable.
 *
 * @param usable whether new requests may go to it
 * @param sinceNanos since when that is so, on the detector's clock
 * @param reason why, in words; no address in it
 */
public record HealthView(boolean usable, long sinceNanos, String reason) {

    /**
     * Joins what is known. An endpoint is usable when neither witness objects.
     *
     * @param addedNanos when the endpoint came to the upstream
     * @param probe what probes found; {@code null} without health checks
     * @param outlier what requests showed; {@code null} without outlier detection
     */
    public static HealthView of(
            long addedNanos, @Nullable ProbeState probe, @Nullable OutlierStatus outlier) {
        if (probe != null && !probe.usable()) {
            // Out since the first objection; the probe's words say more than a count of failures.
            long since = probe.sinceNanos();
            if (outlier != null && !outlier.usable()) {
                since = earlier(since, outlier.sinceNanos());
            }
            return new HealthView(false, since, "unhealthy: " + probe.last());
        }
        if (outlier != null && !outlier.usable()) {
            return new HealthView(false, outlier.sinceNanos(), words(outlier));
        }
        long since = addedNanos;
        if (probe != null && probe.verdict() == ProbeState.Verdict.HEALTHY) {
            since = later(since, probe.sinceNanos());
        }
        if (outlier != null) {
            since = later(since, outlier.sinceNanos());
        }
        return new HealthView(true, since, usableWords(probe, outlier));
    }

    private static String usableWords(@Nullable ProbeState probe, @Nullable OutlierStatus outlier) {
        if (outlier != null && outlier.phase() == OutlierStatus.Phase.TRIAL_OPEN) {
            return words(outlier);
        }
        if (probe == null) {
            return "in service";
        }
        return probe.verdict() == ProbeState.Verdict.UNKNOWN ? "not yet probed" : "healthy";
    }

    private static String words(OutlierStatus outlier) {
        return switch (outlier.phase()) {
            case EJECTED -> "ejected: " + cause(outlier);
            case TRIAL_OPEN -> "ejection over, waiting for a trial request";
            case TRIAL_OUT -> "on trial";
            case IN_SERVICE -> "in service";
            case GONE -> "removed";
        };
    }

    private static String cause(OutlierStatus outlier) {
        if (outlier.cause() == null) {
            return "failures in a row";
        }
        return switch (outlier.cause()) {
            case CONNECT_ERROR -> "failures in a row, the last: no connection";
            case TIMEOUT -> "failures in a row, the last: no answer in time";
            case BROKEN -> "failures in a row, the last: broken answer";
            case SERVER_ERROR -> "failures in a row, the last: status 5xx";
            case SUCCESS, CANCELLED -> "failures in a row";
        };
    }

    private static long earlier(long aNanos, long bNanos) {
        return aNanos - bNanos <= 0 ? aNanos : bNanos;
    }

    private static long later(long aNanos, long bNanos) {
        return aNanos - bNanos >= 0 ? aNanos : bNanos;
    }
}
