package io.sluice.reload;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** Which changed settings take effect only with a restart. */
public final class RestartKeys {

    /** What a reload covers. Everything else that this process reads is read at start only. */
    private static final List<String> RELOADED =
            List.of(
                    "spring.cloud.gateway.server.webflux.routes",
                    "spring.cloud.gateway.server.webflux.default-filters",
                    "spring.ssl.bundle",
                    "logging.level",
                    "sluice.upstreams",
                    "sluice.default-algorithm",
                    "sluice.zone",
                    "sluice.rate-limits",
                    "sluice.trusted-proxies",
                    "sluice.edge.allowed-methods",
                    "sluice.edge.allowed-hosts",
                    "sluice.edge.max-headers",
                    "sluice.edge.merge-slashes",
                    "sluice.edge.pass-headers",
                    "sluice.edge.request-uri-hosts",
                    "sluice.edge.max-body-size",
                    "sluice.auth");

    /** Below what is covered, and still not. */
    private static final List<String> NOT_RELOADED =
            List.of(
                    "spring.ssl.bundle.watch",
                    "sluice.auth.token-cache-size",
                    "sluice.auth.revocation.enabled",
                    "sluice.auth.revocation.timeout");

    /** Where settings of this process stand; other keys are the user's own, for placeholders. */
    private static final List<String> READ =
            List.of(
                    "spring",
                    "server",
                    "management",
                    "logging",
                    "sluice",
                    "eureka",
                    "resilience4j");

    private RestartKeys() {}

    /**
     * The keys by their names, sorted.
     *
     * @param before what the process was started with
     * @param now what the files say
     */
    public static Set<String> changed(Map<String, String> before, Map<String, String> now) {
        Set<String> changed = new TreeSet<>();
        addChanged(before, now, changed);
        addChanged(now, before, changed);
        return changed;
    }

    private static void addChanged(
            Map<String, String> one, Map<String, String> other, Set<String> changed) {
        one.forEach(
                (key, value) -> {
                    if (needsRestart(key) && !Objects.equals(value, other.get(key))) {
                        changed.add(key);
                    }
                });
    }

    static boolean needsRestart(String key) {
        return below(key, READ) && (!below(key, RELOADED) || below(key, NOT_RELOADED));
    }

    private static boolean below(String key, List<String> prefixes) {
        String plain = plain(key);
        for (String prefix : prefixes) {
            String wanted = plain(prefix);
            if (plain.startsWith(wanted)
                    && (plain.length() == wanted.length()
                            || ".[".indexOf(plain.charAt(wanted.length())) >= 0)) {
                return true;
            }
        }
        return false;
    }

    /** One spelling for the several that Spring Boot reads as one. */
    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }
}
