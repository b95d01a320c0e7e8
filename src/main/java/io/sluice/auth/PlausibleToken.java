package io.sluice.auth;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A token whose form, type, algorithm and issuer are acceptable and whose signature has yet to be
 * checked. Only {@link TokenVerifier} makes and uses them; nothing of it is to be believed.
 */
public final class PlausibleToken implements Examination {

    private final IssuerRules rules;
    private final Algorithm algorithm;
    private final @Nullable String keyId;
    private final CompactToken parts;
    private final Map<String, Object> claims;
    private final Instant notBefore;
    private final Instant expiresAt;

    PlausibleToken(
            IssuerRules rules,
            TokenHeader header,
            CompactToken parts,
            Map<String, Object> claims,
            Validity validity) {
        this.rules = rules;
        this.algorithm = header.algorithm();
        this.keyId = header.keyId();
        this.parts = parts;
        this.claims = claims;
        this.notBefore = validity.notBefore();
        this.expiresAt = validity.expiresAt();
    }

    /** The configured issuer that the token names. */
    public String issuer() {
        return rules.issuer();
    }

    public Algorithm algorithm() {
        return algorithm;
    }

    /** The token's {@code kid}; at most {@link TokenHeader#MAX_KEY_ID} characters of any kind. */
    public @Nullable String keyId() {
        return keyId;
    }

    String rolesClaim() {
        return rules.rolesClaim();
    }

    CompactToken parts() {
        return parts;
    }

    Map<String, Object> claims() {
        return claims;
    }

    Instant notBefore() {
        return notBefore;
    }

    Instant expiresAt() {
        return expiresAt;
    }
}
