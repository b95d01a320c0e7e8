package io.sluice.console.spring;

import io.sluice.settings.Setting;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The page for people on the management port: {@code sluice.console.*}.
 *
 * @param enabled whether {@code /console} is served
 * @param maxViewers how many may look at once
 */
public record ConsoleProperties(
        @DefaultValue("true") boolean enabled, @DefaultValue("16") int maxViewers) {

    private static final int MOST = 1000;

    public ConsoleProperties {
        Setting.require(
                maxViewers >= 1 && maxViewers <= MOST,
                "sluice.console.max-viewers",
                maxViewers,
                "1 to " + MOST);
    }
}
