package io.sluice.health;

import io.sluice.settings.Setting;
import io.sluice.settings.SettingException;
import java.time.Duration;

/**
 * How an upstream's endpoints are probed. Immutable.
 *
 * @param path what is asked for with GET; begins with a slash
 * @param interval from the end of one probe of an endpoint to the next, before jitter
 * @param timeout for a whole probe: connection, TLS and the head of the answer
 * @param unhealthyThreshold failed probes in a row that take an endpoint out
 * @param healthyThreshold passed probes in a row that bring it back
 * @param expectedStatus statuses that pass
 */
public record HealthCheckSettings(
        String path,
        Duration interval,
        Duration timeout,
        int unhealthyThreshold,
        int healthyThreshold,
        StatusRanges expectedStatus) {

    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int MOST_THRESHOLD = 100;

    /**
     * Checks and takes the settings.
     *
     * @param prefix their path, such as {@code sluice.upstreams.orders.health-check}
     * @param expectedStatus such as {@code 200-399} or {@code 200,204}
     * @throws SettingException for a value out of its range, or a timeout above the interval
     */
    public static HealthCheckSettings of(
            String prefix,
            String path,
            Duration interval,
            Duration timeout,
            int unhealthyThreshold,
            int healthyThreshold,
            String expectedStatus) {
        Setting.require(isPath(path), prefix + ".path", path, "a path such as /healthz");
        within(prefix + ".interval", interval);
        within(prefix + ".timeout", timeout);
        Setting.require(
                timeout.compareTo(interval) <= 0,
                prefix + ".timeout",
                timeout,
                "at most the interval, " + interval);
        Setting.between(prefix + ".unhealthy-threshold", unhealthyThreshold, 1, MOST_THRESHOLD);
        Setting.between(prefix + ".healthy-threshold", healthyThreshold, 1, MOST_THRESHOLD);
        StatusRanges statuses = StatusRanges.parse(expectedStatus);
        if (statuses == null) {
            throw new SettingException(
                    prefix + ".expected-status",
                    expectedStatus,
                    "statuses of 100 to 599, such as 200-399 or 200,204");
        }
        return new HealthCheckSettings(
                path, interval, timeout, unhealthyThreshold, healthyThreshold, statuses);
    }

    /** Printable ASCII without spaces: what can stand in a request line as it is. */
    private static boolean isPath(String path) {
        return path.startsWith("/")
                && path.indexOf('#') < 0
                && path.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    private static void within(String property, Duration value) {
        boolean fits = value.compareTo(SHORTEST) >= 0 && value.compareTo(LONGEST) <= 0;
        Setting.require(fits, property, value, "a duration of 10ms to 1h, such as 5s");
    }
}
