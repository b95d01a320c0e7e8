package io.sluice.ratelimit;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The identities that a {@link KeySpec} can give, to check one that somebody wrote down: it is
 * compared letter by letter, so what no request can have would never match. Immutable.
 *
 * @param pattern matches every such identity whole
 * @param expected says in words what they look like
 */
public record IdentityForm(Pattern pattern, String expected) {

    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final String GROUP = "(?:0|[1-9a-f][0-9a-f]{0,3})";
    private static final String ADDRESS =
            "ip:(?:" + OCTET + "(?:\\." + OCTET + "){3}|(?:" + GROUP + ":){4}:)";

    /** As {@link BucketKeys#encode} writes it: percent signs only before what is not plain. */
    private static final String ENCODED =
            "(?:%sha256-[0-9a-f]{64}|(?![^,]{"
                    + (BucketKeys.LONGEST + 1)
                    + "})(?:[!-~&&[^%{},]]|%(?:[0189A-F][0-9A-F]|2[05C]|7[BDF]|uD[89A-F][0-9A-F]{2}))+)";

    static IdentityForm of(List<KeySpec.Part> parts) {
        return new IdentityForm(
                Pattern.compile(
                        parts.stream().map(IdentityForm::pattern).collect(Collectors.joining(","))),
                parts.stream().map(IdentityForm::words).collect(Collectors.joining(",")));
    }

    public boolean fits(String identity) {
        return pattern.matcher(identity).matches();
    }

    private static String pattern(KeySpec.Part part) {
        return switch (part.kind()) {
            case USER -> orAddress("user:", ENCODED);
            case IP -> ADDRESS;
            case API_KEY -> orAddress("api-key:", "[0-9a-f]{32}");
            case HEADER -> orAddress(KeySpec.prefix("header:", part), ENCODED);
            case CLAIM -> orAddress(KeySpec.prefix("claim:", part), ENCODED);
            case ROUTE -> "route:" + ENCODED;
            case GLOBAL -> "global";
        };
    }

    private static String orAddress(String prefix, String value) {
        return "(?:" + Pattern.quote(prefix) + value + "|" + ADDRESS + ")";
    }

    private static String words(KeySpec.Part part) {
        return switch (part.kind()) {
            case USER -> "user:SUBJECT";
            case IP -> "ip:ADDRESS";
            case API_KEY -> "api-key:HASH";
            case HEADER -> KeySpec.prefix("header:", part) + "VALUE";
            case CLAIM -> KeySpec.prefix("claim:", part) + "VALUE";
            case ROUTE -> "route:ID";
            case GLOBAL -> "global";
        };
    }
}
