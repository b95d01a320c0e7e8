package io.sluice.edge;

import org.jspecify.annotations.Nullable;

/**
 * One element of a {@code Forwarded} header (RFC 7239 section 4), read from the right: a quote that
 * a client left open further left cannot swallow what a proxy appended.
 */
final class ForwardedElement {

    private ForwardedElement() {}

    /** Index of the last separator before {@code end} that stands outside quotes, or -1. */
    static int separatorBefore(String line, int end, char separator) {
        boolean quoted = false;
        for (int i = end - 1; i >= 0; i--) {
            char c = line.charAt(i);
            if (c == '"' && (i == 0 || line.charAt(i - 1) != '\\')) {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                return i;
            }
        }
        return -1;
    }

    /** The value of the element's one {@code for} parameter, unquoted, or {@code null}. */
    static @Nullable String node(String element) {
        String found = null;
        int end = element.length();
        while (end >= 0) {
            int separator = separatorBefore(element, end, ';');
            String pair = element.substring(separator + 1, end).strip();
            if (pair.regionMatches(true, 0, "for=", 0, 4)) {
                if (found != null) {
                    return null;
                }
                found = unquoted(pair.substring(4));
            }
            end = separator;
        }
        return found;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
