package io.sluice.auth;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Verifies JSON Web Tokens (RFC 7519 as RFC 8725 would have it done): {@link #examine} decides all
 * that needs no key, {@link #verify} the rest. Two steps, so that keys may be fetched between them
 * without blocking a thread. Immutable; any number of threads may use it.
 */
public final class TokenVerifier {

    private final Map<String, IssuerRules> issuers;
    private final IdentityHeaders headers;
    private final InstantSource clock;

    /**
     * @param issuers the trusted issuers, each named once
     * @throws IllegalArgumentException if two have the same name
     */
    public TokenVerifier(List<IssuerRules> issuers, IdentityHeaders headers, InstantSource clock) {
        Map<String, IssuerRules> byName = new LinkedHashMap<>();
        for (IssuerRules rules : issuers) {
            if (byName.put(rules.issuer(), rules) != null) {
                throw new IllegalArgumentException(
                        "issuer: " + rules.issuer() + " (expected: named once)");
            }
        }
        this.issuers = Map.copyOf(byName);
        this.headers = headers;
        this.clock = clock;
    }

    /**
     * Everything but the signature. No key is looked up and nothing is fetched for a token that is
     * refused here: neither for one of an unknown issuer nor for one of another algorithm.
     *
     * @param token the characters after {@code Bearer}, whatever they are
     */
    public Examination examine(String token) {
        CompactToken parts = CompactToken.parse(token);
        Map<String, Object> head = parts == null ? null : Claims.parse(parts.headerJson());
        if (parts == null || head == null) {
            return refused(Reason.MALFORMED);
        }
        TokenHeader.Read read = TokenHeader.read(head);
        if (read.header() == null) {
            return refused(read.reason());
        }
        Map<String, Object> claims = Claims.parse(parts.payloadJson());
        if (claims == null || !isOptionalText(claims.get("sub"))) {
            return refused(Reason.MALFORMED);
        }
        return examine(parts, read.header(), claims);
    }

    private Examination examine(
            CompactToken parts, TokenHeader header, Map<String, Object> claims) {
        IssuerRules rules = claims.get("iss") instanceof String iss ? issuers.get(iss) : null;
        if (rules == null) {
            return refused(Reason.UNKNOWN_ISSUER);
        }
        if (!rules.algorithms().contains(header.algorithm())) {
            return refused(Reason.UNSUPPORTED_ALGORITHM);
        }
        if (!rules.types().contains(header.type())) {
            return refused(Reason.WRONG_TYPE);
        }
        Validity.Read read =
                Validity.read(claims, clock.instant(), rules.clockSkew(), rules.maxLifetime());
        if (read.validity() == null) {
            return refused(read.reason());
        }
        if (!isForUs(rules, claims.get("aud"))) {
            return refused(Reason.WRONG_AUDIENCE);
        }
        if (Claims.isBound(claims)) {
            return refused(Reason.BOUND);
        }
        if (!claims.keySet().containsAll(rules.requiredClaims())) {
            return refused(Reason.MISSING_CLAIM);
        }
        return new PlausibleToken(rules, header, parts, claims, read.validity());
    }

    /**
     * The signature, with the keys of the token's own issuer.
     *
     * @param keys the keys of {@link PlausibleToken#issuer()} and of nobody else
     */
    public Verification verify(PlausibleToken token, KeySet keys) {
        List<VerificationKey> candidates = keys.candidates(token.algorithm(), token.keyId());
        if (candidates.isEmpty()) {
            return refused(Reason.UNKNOWN_KEY);
        }
        CompactToken parts = token.parts();
        for (VerificationKey key : candidates) {
            if (key.verifies(token.algorithm(), parts.signingInput(), parts.signature())) {
                return verified(token, key);
            }
        }
        return refused(Reason.BAD_SIGNATURE);
    }

    private Verification verified(PlausibleToken token, VerificationKey key) {
        Map<String, Object> claims = token.claims();
        String subject = claims.get("sub") instanceof String sub ? sub : "";
        Identity identity =
                new Identity(
                        subject,
                        token.issuer(),
                        Claims.scopes(claims),
                        Claims.texts(claims, token.rolesClaim()),
                        claims,
                        token.expiresAt(),
                        key.name());
        Map<String, String> values = headers.of(identity);
        return values == null
                ? refused(Reason.CLAIM_TOO_LONG)
                : new Verification.Verified(
                        identity,
                        values,
                        token.notBefore(),
                        new Verification.Proof(token.algorithm(), key));
    }

    private static boolean isOptionalText(@Nullable Object value) {
        return value == null || value instanceof String;
    }

    private static boolean isForUs(IssuerRules rules, @Nullable Object audience) {
        return rules.audiences().isEmpty() || Requirements.isFor(rules.audiences(), audience);
    }

    private static Verification.Refused refused(Reason reason) {
        return new Verification.Refused(reason);
    }
}
