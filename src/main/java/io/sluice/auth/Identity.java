package io.sluice.auth;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * Who a request speaks for, as a verified token or key says. Immutable.
 *
 * @param subject the token's {@code sub}, or the id of the API key
 * @param issuer the token's {@code iss}, or {@code api-key}
 * @param scopes the granted scopes, in the token's order
 * @param claims the token's claims as plain Java values (String, Number, Boolean, List, Map)
 * @param expiresAt when it ends; {@link Instant#MAX} for a key without an end
 */
public record Identity(
        String subject,
        String issuer,
        Set<String> scopes,
        Map<String, Object> claims,
        Instant expiresAt) {}
