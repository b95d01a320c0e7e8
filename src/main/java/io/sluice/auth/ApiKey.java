package io.sluice.auth;

import java.time.Instant;
import java.util.Set;

/**
 * A key that a client sends instead of a token. What is kept is its hash: the key itself is not
 * known here. Immutable.
 *
 * @param id names the client; becomes the identity's subject
 * @param sha256 64 lower-case hexadecimal digits: SHA-256 of the key's UTF-8 bytes
 * @param scopes what it grants, in order
 * @param expiresAt the first instant at which it is refused; {@link Instant#MAX} for never
 */
public record ApiKey(String id, String sha256, Set<String> scopes, Instant expiresAt) {

    public ApiKey {
        if (id.isBlank()) {
            throw new IllegalArgumentException("id: blank (expected: the client's name)");
        }
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("sha256: (expected: 64 hexadecimal digits)");
        }
    }
}
