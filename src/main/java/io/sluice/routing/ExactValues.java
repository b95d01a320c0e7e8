package io.sluice.routing;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds regular expressions that are plain values, such as {@code v1\.2} or {@code red|green}. */
public final class ExactValues {

    private static final String SPECIAL = "^$.?*+()[]{}";

    private ExactValues() {}

    /**
     * The only texts that the expression matches whole, or {@code null} where there may be others.
     */
    public static @Nullable Set<String> of(String regex) {
        Set<String> values = new HashSet<>();
        StringBuilder value = new StringBuilder(regex.length());
        for (int i = 0; i < regex.length(); i++) {
            char c = regex.charAt(i);
            if (c == '|') {
                values.add(value.toString());
                value.setLength(0);
            } else if (c == '\\') {
                i++;
                if (i == regex.length() || isLetterOrDigit(regex.charAt(i))) {
                    return null;
                }
                value.append(regex.charAt(i));
            } else if (SPECIAL.indexOf(c) >= 0) {
                return null;
            } else {
                value.append(c);
            }
        }
        values.add(value.toString());
        return values;
    }

    /** After a backslash these mean something else than themselves. */
    private static boolean isLetterOrDigit(char c) {
        return Character.isLetterOrDigit(c);
    }
}
