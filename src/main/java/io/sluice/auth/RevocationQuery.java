package io.sluice.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a revocation store about one identity, and what its answers mean. Immutable.
 *
 * <p>The names, ISS being the issuer in literal braces (a Redis Cluster hash tag, so that all names
 * of one identity lie on one node):
 *
 * <ul>
 *   <li>{@code rev:{ISS}:jti:ID}: this one token;
 *   <li>{@code rev:{ISS}:sub:SUBJECT}: the subject's tokens issued up to the second that is the
 *       value; all of them, where the value is no number or the token does not say when it was
 *       issued;
 *   <li>{@code rev:{ISS}:kid:KEY}: whatever this key vouched for;
 *   <li>{@code rev:{ISS}:cid:CLIENT}: whatever was issued to this client.
 * </ul>
 *
 * @param names at least one
 * @param subjectIndex which of {@link #names} is the subject's
 * @param issuedAt seconds since 1970; {@link Long#MIN_VALUE} where it is not known
 */
public record RevocationQuery(List<String> names, int subjectIndex, long issuedAt) {

    /** Claims that name the client, the first one found counts (RFC 9068; OpenID Connect). */
    private static final List<String> CLIENT = List.of("client_id", "azp", "cid");

    public RevocationQuery {
        names = List.copyOf(names);
    }

    public static RevocationQuery of(Identity identity) {
        Map<String, Object> claims = identity.claims();
        String prefix = "rev:{" + identity.issuer() + "}:";
        List<String> names = new ArrayList<>(4);
        // Always there, so that no identity is without a name that can be revoked.
        names.add(prefix + "sub:" + identity.subject());
        Object id = claims.get("jti");
        if (id instanceof String || id instanceof Number) {
            names.add(prefix + "jti:" + id);
        }
        if (identity.keyId() != null) {
            names.add(prefix + "kid:" + identity.keyId());
        }
        String client = client(identity);
        if (client != null) {
            names.add(prefix + "cid:" + client);
        }
        long issuedAt =
                claims.get("iat") instanceof Number seconds ? seconds.longValue() : Long.MIN_VALUE;
        return new RevocationQuery(names, 0, issuedAt);
    }

    private static @Nullable String client(Identity identity) {
        if (identity.issuer().equals(ApiKeys.ISSUER)) {
            return identity.subject();
        }
        for (String claim : CLIENT) {
            if (identity.claims().get(claim) instanceof String client) {
                return client;
            }
        }
        return null;
    }

    /**
     * Whether any of the values revokes the identity.
     *
     * @param values one per name, in the same order; null where the store has nothing
     */
    public boolean isRevokedBy(List<@Nullable String> values) {
        for (int i = 0; i < names.size(); i++) {
            String value = values.get(i);
            if (value != null && (i != subjectIndex || isIssuedUpTo(value))) {
                return true;
            }
        }
        return false;
    }

    private boolean isIssuedUpTo(String value) {
        try {
            return issuedAt <= Long.parseLong(value.strip());
        } catch (NumberFormatException withoutTime) {
            return true;
        }
    }
}
