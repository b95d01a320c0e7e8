package io.sluice.auth;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The part of a JOSE header that is used at all. Keys inside a header ({@code jwk}, {@code jku},
 * {@code x5c}, {@code x5u}) are never read: whoever writes the token would choose them.
 */
record TokenHeader(Algorithm algorithm, @Nullable String keyId) {

    static final int MAX_KEY_ID = 512;

    /** RFC 9068 section 2.1 and RFC 7519 section 5.1, with and without "application/". */
    private static final Set<String> TYPES =
            Set.of("jwt", "at+jwt", "application/jwt", "application/at+jwt");

    /** Each changes how the token is to be read in a way that is not supported. */
    private static final Set<String> UNSUPPORTED = Set.of("crit", "b64", "zip", "enc", "cty");

    /** Either a header or the reason why there is none. */
    record Read(@Nullable TokenHeader header, Reason reason) {}

    static Read read(Map<String, Object> members) {
        for (String name : UNSUPPORTED) {
            if (members.containsKey(name)) {
                return refused(Reason.MALFORMED);
            }
        }
        if (!(members.get("alg") instanceof String name)) {
            return refused(Reason.UNSUPPORTED_ALGORITHM);
        }
        Algorithm algorithm = Algorithm.named(name);
        if (algorithm == null) {
            return refused(Reason.UNSUPPORTED_ALGORITHM);
        }
        Object type = members.get("typ");
        if (type != null && !isKnownType(type)) {
            return refused(Reason.WRONG_TYPE);
        }
        Object kid = members.get("kid");
        if (kid == null) {
            return new Read(new TokenHeader(algorithm, null), Reason.MALFORMED);
        }
        return kid instanceof String id && id.length() <= MAX_KEY_ID
                ? new Read(new TokenHeader(algorithm, id), Reason.MALFORMED)
                : refused(Reason.MALFORMED);
    }

    private static boolean isKnownType(Object type) {
        return type instanceof String text && TYPES.contains(text.toLowerCase(Locale.ROOT));
    }

    private static Read refused(Reason reason) {
        return new Read(null, reason);
    }
}
