package io.sluice.health;

import io.sluice.settings.Setting;
import java.time.Duration;

/**
 * When an endpoint is taken for an outlier and for how long it is ejected. Immutable.
 *
 * @param consecutiveFailures failures in a row that eject, >= 1
 * @param baseEjection length of a first ejection; each further one is twice as long
 * @param maxEjection the longest ejection, >= {@code baseEjection}
 * @param maxEjectedPercent at most this share of an upstream's endpoints is out at once, 1 to 100;
 *     one may always be when there are two or more, and never the only one
 */
public record OutlierSettings(
        int consecutiveFailures,
        Duration baseEjection,
        Duration maxEjection,
        int maxEjectedPercent) {

    private static final Duration MAX_EJECTION = Duration.ofMinutes(5);

    public static final OutlierSettings DEFAULT =
            new OutlierSettings(5, Duration.ofSeconds(30), MAX_EJECTION, 50);

    public OutlierSettings {
        if (consecutiveFailures < 1) {
            throw new IllegalArgumentException(
                    "consecutiveFailures: " + consecutiveFailures + " (expected: >= 1)");
        }
        if (baseEjection.isNegative()
                || baseEjection.isZero()
                || baseEjection.compareTo(maxEjection) > 0) {
            throw new IllegalArgumentException(
                    "baseEjection: "
                            + baseEjection
                            + " (expected: > 0 and <= "
                            + maxEjection
                            + ")");
        }
        if (maxEjectedPercent < 1 || maxEjectedPercent > 100) {
            throw new IllegalArgumentException(
                    "maxEjectedPercent: " + maxEjectedPercent + " (expected: 1 to 100)");
        }
    }

    /**
     * Settings whose ejections end at 300 seconds.
     *
     * @param prefix their path, such as {@code sluice.upstreams.orders.outlier-detection}
     * @throws io.sluice.settings.SettingException for a value out of its range
     */
    public static OutlierSettings of(
            String prefix, int consecutiveFailures, Duration baseEjection, int maxEjectedPercent) {
        Setting.atLeast(prefix + ".consecutive-failures", consecutiveFailures, 1);
        boolean fits =
                baseEjection.compareTo(Duration.ofMillis(1)) >= 0
                        && baseEjection.compareTo(MAX_EJECTION) <= 0;
        Setting.require(fits, prefix + ".base-ejection", baseEjection, "a duration of 1ms to 300s");
        Setting.between(prefix + ".max-ejected-percent", maxEjectedPercent, 1, 100);
        return new OutlierSettings(
                consecutiveFailures, baseEjection, MAX_EJECTION, maxEjectedPercent);
    }

    /**
     * @param times ejections that count, this one included, >= 1
     */
    long ejectionNanos(int times) {
        long max = maxEjection.toNanos();
        int doublings = Math.min(times - 1, 30);
        long base = baseEjection.toNanos();
        return base > max >> doublings ? max : base << doublings;
    }

    /** How many of this many endpoints may be out at once. */
    int mostEjected(int endpoints) {
        return endpoints < 2 ? 0 : (int) Math.max(1, (long) endpoints * maxEjectedPercent / 100);
    }
}
