package io.sluice.proxy;

import io.sluice.settings.Setting;
import java.time.Duration;

/**
 * How long an upstream is waited for. Immutable.
 *
 * @param connect until a connection stands, TLS included
 * @param response from the request's last byte to the first byte of the response
 * @param idle between two bytes of a response's body
 */
public record Timeouts(Duration connect, Duration response, Duration idle) {

    public static final Timeouts DEFAULT =
            new Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofSeconds(60));

    /** As good as no limit; longer than any setting may be. */
    public static final Duration NO_LIMIT = Duration.ofDays(36_500);

    /** Those of a plain address, which has no upstream to configure them at: no idle limit. */
    public static final Timeouts OF_PLAIN_ADDRESS =
            new Timeouts(DEFAULT.connect(), DEFAULT.response(), NO_LIMIT);

    /** Netty counts connect timeouts in milliseconds, as an int. */
    private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

    private static final Duration SHORTEST = Duration.ofMillis(1);

    /**
     * Checks and takes the settings.
     *
     * @param prefix the path of the settings, such as {@code sluice.upstreams.orders.timeouts}
     * @throws io.sluice.settings.SettingException unless each is one millisecond to 24 days
     */
    public static Timeouts of(String prefix, Duration connect, Duration response, Duration idle) {
        return new Timeouts(
                bounded(prefix + ".connect", connect),
                bounded(prefix + ".response", response),
                bounded(prefix + ".idle", idle));
    }

    private static Duration bounded(String property, Duration value) {
        boolean fits = value.compareTo(SHORTEST) >= 0 && value.compareTo(LONGEST) <= 0;
        Setting.require(fits, property, value, "a duration of 1ms to 24d, such as 2s");
        return value;
    }
}
