package io.sluice.edge;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The hosts that requests may be for: names, or {@code *.} for all names below one. Immutable. */
public final class AllowedHosts {

    private static final Pattern NAME =
            Pattern.compile("(\\*\\.)?[A-Za-z0-9_~-]+(\\.[A-Za-z0-9_~-]+)*|\\[[0-9A-Fa-f:.]+]");

    private final Set<String> names = new HashSet<>();
    private final List<String> suffixes = new ArrayList<>();

    /**
     * @param hosts none allows any host
     */
    public AllowedHosts(List<String> hosts) {
        for (String host : hosts) {
            String lower = host.toLowerCase(Locale.ROOT);
            if (lower.startsWith("*.")) {
                suffixes.add(lower.substring(1));
            } else {
                names.add(lower);
            }
        }
    }

    /** Whether this is a host as a setting names one: without a port. */
    public static boolean isHost(String text) {
        return NAME.matcher(text).matches();
    }

    /**
     * Whether a request may be for this host.
     *
     * @param host one that {@link HostRules#accept} accepts, its port is not looked at; empty for a
     *     request that names none
     */
    public boolean allow(String host) {
        if (names.isEmpty() && suffixes.isEmpty()) {
            return true;
        }
        String name = HostRules.name(host).toLowerCase(Locale.ROOT);
        if (names.contains(name)) {
            return true;
        }
        for (String suffix : suffixes) {
            if (name.length() > suffix.length() && name.endsWith(suffix)) {
                return true;
            }
        }
        return false;
    }
}
