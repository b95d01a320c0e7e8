package io.sluice.proxy.spring;

import io.netty.util.AsciiString;
import java.util.Collection;

/** A few header names, looked up without a copy and without regard to case. Immutable. */
final class NameSet {

    private static final int LONGEST = 63;

    private final String[][] byLength = new String[LONGEST + 1][0];

    NameSet(Collection<String> names) {
        for (int length = 0; length <= LONGEST; length++) {
            int wanted = length;
            byLength[length] =
                    names.stream().filter(name -> bucket(name) == wanted).toArray(String[]::new);
        }
    }

    private static int bucket(CharSequence name) {
        return Math.min(name.length(), LONGEST);
    }

    boolean contains(CharSequence name) {
        for (String one : byLength[bucket(name)]) {
            if (same(name, one)) {
                return true;
            }
        }
        return false;
    }

    static boolean same(CharSequence name, String other) {
        return AsciiString.contentEqualsIgnoreCase(name, other);
    }

    static boolean startsWith(CharSequence name, String prefix) {
        return name.length() >= prefix.length()
                && AsciiString.regionMatches(name, true, 0, prefix, 0, prefix.length());
    }
}
