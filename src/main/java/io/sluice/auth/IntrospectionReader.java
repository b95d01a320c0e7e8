package io.sluice.auth;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads what an introspection endpoint says of an opaque token (RFC 7662). Immutable; any number of
 * threads may use it.
 */
public final class IntrospectionReader {

    /** The issuer of an identity where neither the answer nor the settings name one. */
    public static final String UNNAMED_ISSUER = "introspection";

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final IntrospectionRules rules;
    private final IdentityHeaders headers;
    private final InstantSource clock;

    public IntrospectionReader(
            IntrospectionRules rules, IdentityHeaders headers, InstantSource clock) {
        this.rules = rules;
        this.headers = headers;
        this.clock = clock;
    }

    /**
     * Whether a bearer token is one to ask about. What has the form of a signed JWT never is: its
     * own verification decides, and another's answer must not overrule it.
     */
    public static boolean isOpaque(String token) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        boolean compact = first > 0 && second > first && token.indexOf('.', second + 1) < 0;
        // The base64url of a JSON object begins so.
        return !(compact && token.startsWith("eyJ"))
                && !token.isEmpty()
                && token.length() <= CompactToken.MAX_LENGTH;
    }

    /**
     * What the answer means. An answer that says neither yes nor no is the endpoint's fault, not
     * the client's: the token stays undecided.
     */
    public Verification read(String json) {
        Map<String, Object> answer = Claims.parse(json);
        if (answer == null || !(answer.get("active") instanceof Boolean active)) {
            return new Verification.Unavailable(RETRY);
        }
        return active ? active(answer) : refused(Reason.INACTIVE);
    }

    private Verification active(Map<String, Object> answer) {
        Object issuer = answer.get("iss");
        if (issuer != null && rules.issuer() != null && !rules.issuer().equals(issuer)) {
            return refused(Reason.UNKNOWN_ISSUER);
        }
        if (isOfOtherKind(answer) || Claims.isBound(answer)) {
            return refused(Reason.BOUND);
        }
        Validity.Read read = Validity.readOpen(answer, clock.instant(), rules.clockSkew());
        if (read.validity() == null) {
            return refused(read.reason());
        }
        if (!rules.audiences().isEmpty()
                && !Requirements.isFor(rules.audiences(), answer.get("aud"))) {
            return refused(Reason.WRONG_AUDIENCE);
        }
        if (!answer.keySet().containsAll(rules.requiredClaims())) {
            return refused(Reason.MISSING_CLAIM);
        }
        return verified(answer, read.validity());
    }

    private Verification verified(Map<String, Object> answer, Validity validity) {
        Identity identity =
                new Identity(
                        answer.get("sub") instanceof String sub ? sub : "",
                        issuerOf(answer),
                        Claims.scopes(answer),
                        Claims.texts(answer, rules.rolesClaim()),
                        answer,
                        validity.expiresAt(),
                        null);
        Map<String, String> values = headers.of(identity);
        return values == null
                ? refused(Reason.CLAIM_TOO_LONG)
                : new Verification.Verified(identity, values, validity.notBefore(), null);
    }

    private String issuerOf(Map<String, Object> answer) {
        if (answer.get("iss") instanceof String named) {
            return named;
        }
        return rules.issuer() == null ? UNNAMED_ISSUER : rules.issuer();
    }

    /** A type that is used in another way than as a bearer token (RFC 6749 section 7.1). */
    private static boolean isOfOtherKind(Map<String, Object> answer) {
        Object type = answer.get("token_type");
        Set<String> others = Set.of("dpop", "pop", "mac", "n_a");
        return type instanceof String text && others.contains(text.toLowerCase(Locale.ROOT));
    }

    private static Verification.Refused refused(Reason reason) {
        return new Verification.Refused(reason);
    }
}
