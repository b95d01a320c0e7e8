package io.sluice.settings;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Checks on settings: each returns the value it was given or throws {@link SettingException}. */
public final class Setting {

    private Setting() {}

    public static int atLeast(String property, int value, int minimum) {
        require(value >= minimum, property, value, ">= " + minimum);
        return value;
    }

    public static long atLeast(String property, long value, long minimum) {
        require(value >= minimum, property, value, ">= " + minimum);
        return value;
    }

    public static int between(String property, int value, int minimum, int maximum) {
        require(value >= minimum && value <= maximum, property, value, minimum + " to " + maximum);
        return value;
    }

    public static Duration positive(String property, Duration value) {
        require(
                !value.isNegative() && !value.isZero(),
                property,
                value,
                "a duration longer than 0, such as 1s");
        return value;
    }

    public static Duration notNegative(String property, Duration value) {
        require(!value.isNegative(), property, value, "a duration of 0 or longer, such as 1s");
        return value;
    }

    public static <T> T present(String property, @Nullable T value, String expected) {
        if (value == null || (value instanceof CharSequence text && text.toString().isBlank())) {
            throw new SettingException(property, value, expected);
        }
        return value;
    }

    public static void require(
            boolean holds, String property, @Nullable Object value, String expected) {
        if (!holds) {
            throw new SettingException(property, value, expected);
        }
    }
}
