package io.sluice.auth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A claim as the value of a header: visible ASCII and nothing else. */
final class HeaderValue {

    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private HeaderValue() {}

    /** The value's text; null for an absent one, an object, an empty one or a list of objects. */
    static @Nullable String encode(@Nullable Object value) {
        if (value instanceof Set<?> scopes) {
            return join(" ", scopes);
        }
        if (value instanceof List<?> list) {
            return join(",", list);
        }
        if (value == null || value instanceof Map<?, ?>) {
            return null;
        }
        String text = escape(value.toString(), false);
        return text.isEmpty() ? null : text;
    }

    private static @Nullable String join(String separator, Collection<?> values) {
        List<String> parts = new ArrayList<>(values.size());
        for (Object value : values) {
            if (!(value instanceof Map<?, ?>) && !(value instanceof List<?>)) {
                parts.add(escape(String.valueOf(value), separator.equals(",")));
            }
        }
        String text = String.join(separator, parts);
        return text.isEmpty() ? null : text;
    }

    private static String escape(String text, boolean comma) {
        if (text.chars().allMatch(c -> isPlain(c, comma))) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            int c = b & 0xff;
            if (isPlain(c, comma)) {
                escaped.append((char) c);
            } else {
                escaped.append('%').append(HEX[c >> 4]).append(HEX[c & 15]);
            }
        }
        return escaped.toString();
    }

    private static boolean isPlain(int c, boolean comma) {
        return c > ' ' && c < 0x7f && c != '%' && !(comma && c == ',');
    }
}
