package io.sluice.observe;

import org.jspecify.annotations.Nullable;

/** Builds one JSON object on one line. Absent values are left out. Not thread-safe. */
final class JsonLine {

    /** A log line has to end somewhere: longer values are cut here and marked with an ellipsis. */
    private static final int LONGEST_VALUE = 2048;

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder out = new StringBuilder(384).append('{');

    void add(String name, @Nullable String value) {
        if (value == null) {
            return;
        }
        name(name);
        out.append('"');
        int end = Math.min(value.length(), LONGEST_VALUE);
        int written = 0;
        for (int i = 0; i < end; i++) {
            if (isSpecial(value.charAt(i))) {
                out.append(value, written, i);
                escaped(value.charAt(i));
                written = i + 1;
            }
        }
        out.append(value, written, end);
        if (end < value.length()) {
            out.append("...");
        }
        out.append('"');
    }

    void add(String name, long value) {
        name(name);
        out.append(value);
    }

    /** Three decimals, without a locale and without an exponent. */
    void addDecimal(String name, double value) {
        name(name);
        long thousandths = Math.round(value * 1000);
        out.append(thousandths / 1000).append('.');
        long rest = Math.abs(thousandths % 1000);
        out.append((char) ('0' + rest / 100))
                .append((char) ('0' + rest / 10 % 10))
                .append((char) ('0' + rest % 10));
    }

    String end() {
        return out.append('}').toString();
    }

    private void name(String name) {
        if (out.length() > 1) {
            out.append(',');
        }
        out.append('"').append(name).append("\":");
    }

    private static boolean isSpecial(char c) {
        return c < 0x20
                || c == '"'
                || c == '\\'
                || (c >= 0x7f && (c < 0xa0 || c == 0x2028 || c == 0x2029));
    }

    private void escaped(char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            default ->
                    out.append("\\u")
                            .append(HEX[c >> 12])
                            .append(HEX[(c >> 8) & 0xf])
                            .append(HEX[(c >> 4) & 0xf])
                            .append(HEX[c & 0xf]);
        }
    }
}
