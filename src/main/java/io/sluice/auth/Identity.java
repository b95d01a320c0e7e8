package io.sluice.auth;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who a request speaks for, as a verified token or key says. Immutable.
 *
 * @param subject the token's {@code sub}, or the id of the API key
 * @param issuer the token's {@code iss}, or {@code api-key}
 * @param scopes the granted scopes, in the token's order
 * @param roles the roles, in the token's order
 * @param claims the token's claims as plain Java values (String, Number, Boolean, List, Map)
 * @param expiresAt when it ends; {@link Instant#MAX} for a key without an end
 * @param keyId names the key that vouches for it: the {@code kid} (or the thumbprint) of the public
 *     key that verified the token, the SHA-256 of the API key. Null with a shared secret or an
 *     introspected token
 */
public record Identity(
        String subject,
        String issuer,
        Set<String> scopes,
        Set<String> roles,
        Map<String, Object> claims,
        Instant expiresAt,
        @Nullable String keyId) {

    /** One without roles, of no particular key. */
    public Identity(
            String subject,
            String issuer,
            Set<String> scopes,
            Map<String, Object> claims,
            Instant expiresAt) {
        this(subject, issuer, scopes, Set.of(), claims, expiresAt, null);
    }
}
