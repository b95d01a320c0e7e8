package io.sluice.reload.spring;

import io.sluice.settings.Setting;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a changed configuration is taken while the gateway runs: {@code sluice.reload.*}.
 *
 * @param enabled whether configuration files are watched and reloaded
 * @param pollInterval time between two looks at the files where nothing tells of a change
 * @param quietPeriod how long files must have stayed as they are before they are read
 * @param lastGoodDirectory directory where the last configuration that worked is kept for the next
 *     start; absent: it is kept nowhere
 */
public record ReloadProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("2s") Duration pollInterval,
        @DefaultValue("200ms") Duration quietPeriod,
        @Nullable Path lastGoodDirectory) {

    private static final String PREFIX = "sluice.reload.";

    public ReloadProperties {
        within("poll-interval", pollInterval, Duration.ofMillis(100), Duration.ofHours(1));
        within("quiet-period", quietPeriod, Duration.ZERO, Duration.ofSeconds(10));
    }

    private static void within(String key, Duration value, Duration least, Duration most) {
        Setting.require(
                value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
                PREFIX + key,
                value,
                least.toMillis() + "ms to " + most.toMillis() + "ms");
    }
}
