package io.sluice.ratelimit;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An identity as people may see it. Addresses, routes, subjects and claims of verified tokens stand
 * as they are, shortened; what a client sent as a header or key may be a secret and is replaced by
 * the beginning of its hash. Stateless.
 */
final class ShownIdentity {

    /** Long enough to tell two apart, too short to try values against. */
    private static final int HASH_DIGITS = 8;

    private static final int LONGEST = 48;

    /**
     * What begins a part; each part goes on until the next one begins, as values hold no comma.
     * Names of headers and claims hold no colon, see {@link KeySpec#prefix}.
     */
    private static final Pattern SECRET =
            Pattern.compile("(?<![^,])(header:[^:,]*|api-key):([^,]*)");

    private ShownIdentity() {}

    /**
     * @param identity as {@link KeySpec#identity} gives it
     */
    static String of(String identity) {
        String safe = SECRET.matcher(identity).replaceAll(ShownIdentity::masked);
        return safe.length() <= LONGEST ? safe : safe.substring(0, LONGEST - 1) + "…";
    }

    private static String masked(MatchResult part) {
        String value = part.group(2);
        String hash = part.group(1).equals("api-key") ? value : BucketKeys.fingerprint(value);
        String shown = hash.length() > HASH_DIGITS ? hash.substring(0, HASH_DIGITS) : hash;
        return Matcher.quoteReplacement(part.group(1) + ":#" + shown);
    }
}
