package io.sluice.auth;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The part of a JOSE header that is used at all. Keys inside a header ({@code jwk}, {@code jku},
 * {@code x5c}, {@code x5u}) are never read: whoever writes the token would choose them.
 *
 * @param type {@code typ} in lower case, without {@code application/} (RFC 7515 section 4.1.9);
 *     {@link IssuerRules#NO_TYPE} where there is none
 */
record TokenHeader(Algorithm algorithm, @Nullable String keyId, String type) {

    static final int MAX_KEY_ID = 512;

    private static final String MEDIA_TYPE = "application/";

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
        String type = type(members.get("typ"));
        if (type == null) {
            return refused(Reason.WRONG_TYPE);
        }
        Object kid = members.get("kid");
        if (kid == null) {
            return new Read(new TokenHeader(algorithm, null, type), Reason.MALFORMED);
        }
        return kid instanceof String id && id.length() <= MAX_KEY_ID
                ? new Read(new TokenHeader(algorithm, id, type), Reason.MALFORMED)
                : refused(Reason.MALFORMED);
    }

    /** The normalised type, or null where it is no media type's name. */
    private static @Nullable String type(@Nullable Object value) {
        if (value == null) {
            return IssuerRules.NO_TYPE;
        }
        if (!(value instanceof String text) || text.isEmpty()) {
            return null;
        }
        String plain = text.toLowerCase(Locale.ROOT);
        boolean whole = plain.startsWith(MEDIA_TYPE) && plain.length() > MEDIA_TYPE.length();
        return whole ? plain.substring(MEDIA_TYPE.length()) : plain;
    }

    private static Read refused(Reason reason) {
        return new Read(null, reason);
    }
}
