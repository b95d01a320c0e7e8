package io.sluice.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whom a bucket belongs to: one thing of a request, or several joined. What a request does not have
 * falls back to its address, so that leaving a header out escapes no limit and shares no bucket
 * with strangers. Immutable.
 *
 * @param parts at least one
 */
public record KeySpec(List<Part> parts) {

    /** What {@link #parse} accepts. */
    public static final String EXPECTED =
            "user, ip, api-key, header:NAME, claim:NAME, route, global, or a list of these";

    /** One thing of a request. */
    public record Part(Kind kind, String name) {}

    /** What a part names. */
    public enum Kind {
        USER,
        IP,
        API_KEY,
        HEADER,
        CLAIM,
        ROUTE,
        GLOBAL
    }

    public KeySpec {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("key: nothing (expected: " + EXPECTED + ")");
        }
    }

    /**
     * Reads a specification such as {@code user} or {@code header:X-Tenant, route}.
     *
     * @throws IllegalArgumentException when a part is not one of {@link #EXPECTED}
     */
    public static KeySpec parse(List<String> parts) {
        List<Part> parsed = new ArrayList<>(parts.size());
        for (String part : parts) {
            parsed.add(part(part.strip()));
        }
        return new KeySpec(parsed);
    }

    /** Whether all requests, or all of a route, share one bucket. */
    public boolean coarse() {
        return parts.stream().allMatch(p -> p.kind() == Kind.ROUTE || p.kind() == Kind.GLOBAL);
    }

    /** Whether it means the same before anybody has proved who they are. */
    public boolean knownBeforeAuth() {
        return parts.stream()
                .noneMatch(
                        p ->
                                p.kind() == Kind.USER
                                        || p.kind() == Kind.CLAIM
                                        || p.kind() == Kind.API_KEY);
    }

    /**
     * The identity of a request under this specification, such as {@code user:42} or {@code
     * ip:192.0.2.1,route:orders}. Printable ASCII without braces.
     */
    public String identity(KeySource source) {
        if (parts.size() == 1) {
            return identity(parts.get(0), source);
        }
        StringBuilder joined = new StringBuilder();
        for (Part part : parts) {
            joined.append(joined.isEmpty() ? "" : ",").append(identity(part, source));
        }
        return joined.toString();
    }

    /** What identities under this specification look like. */
    public IdentityForm form() {
        return IdentityForm.of(parts);
    }

    private static Part part(String text) {
        int colon = text.indexOf(':');
        String kind = (colon < 0 ? text : text.substring(0, colon)).toLowerCase(Locale.ROOT);
        String name = colon < 0 ? "" : text.substring(colon + 1).strip();
        boolean named = !name.isEmpty();
        return switch (kind) {
            case "user" -> plain(Kind.USER, colon, text);
            case "ip" -> plain(Kind.IP, colon, text);
            case "api-key" -> plain(Kind.API_KEY, colon, text);
            case "route" -> plain(Kind.ROUTE, colon, text);
            case "global" -> plain(Kind.GLOBAL, colon, text);
            case "header" ->
                    new Part(Kind.HEADER, require(named, name.toLowerCase(Locale.ROOT), text));
            case "claim" -> new Part(Kind.CLAIM, require(named, name, text));
            default -> throw unknown(text);
        };
    }

    private static Part plain(Kind kind, int colon, String text) {
        return new Part(kind, require(colon < 0, "", text));
    }

    private static String require(boolean holds, String name, String text) {
        if (!holds) {
            throw unknown(text);
        }
        return name;
    }

    private static IllegalArgumentException unknown(String text) {
        return new IllegalArgumentException("key: " + text + " (expected: " + EXPECTED + ")");
    }

    private static String identity(Part part, KeySource source) {
        return switch (part.kind()) {
            case USER -> orAddress("user:", source.user(), source);
            case IP -> address(source);
            case API_KEY -> {
                String key = source.apiKey();
                yield key == null || key.isEmpty()
                        ? address(source)
                        : "api-key:" + BucketKeys.fingerprint(key);
            }
            case HEADER -> orAddress(prefix("header:", part), source.header(part.name()), source);
            case CLAIM -> orAddress(prefix("claim:", part), source.claim(part.name()), source);
            case ROUTE -> "route:" + BucketKeys.encode(source.route());
            case GLOBAL -> "global";
        };
    }

    static String prefix(String kind, Part part) {
        return kind + BucketKeys.encode(part.name()).replace(":", "%3A") + ":";
    }

    private static String orAddress(String prefix, @Nullable String value, KeySource source) {
        return value == null || value.isEmpty()
                ? address(source)
                : prefix + BucketKeys.encode(value);
    }

    private static String address(KeySource source) {
        return "ip:" + BucketKeys.network(source.ip());
    }
}
