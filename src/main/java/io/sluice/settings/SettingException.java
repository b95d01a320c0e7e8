package io.sluice.settings;

import org.jspecify.annotations.Nullable;

/**
 * A setting that Sluice refuses to start with. The message names the property, its value and what
 * was expected, in that order, on one line.
 */
public final class SettingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String property;
    private final String value;
    private final String expected;

    /**
     * @param property the full property path, such as {@code sluice.upstreams.orders.algorithm}
     * @param value the refused value as the user wrote it; secrets are masked by the caller
     * @param expected what would have been accepted, such as {@code >= 1}
     */
    public SettingException(String property, @Nullable Object value, String expected) {
        super(property + ": " + value + " (expected: " + expected + ")");
        this.property = property;
        this.value = String.valueOf(value);
        this.expected = expected;
    }

    public String property() {
        return property;
    }

    public String value() {
        return value;
    }

    public String expected() {
        return expected;
    }
}
