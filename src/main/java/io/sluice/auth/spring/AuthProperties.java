package io.sluice.auth.spring;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of authentication, {@code sluice.auth.*}.
 *
 * @param identityHeaders claim to the header that carries it upstream. These headers are removed
 *     from every inbound request and written only from a verified token or key.
 * @param issuers whose tokens are accepted
 * @param forwardToken whether the Authorization header goes upstream after the token was verified
 * @param apiKeys keys that the filter ApiKeyAuth accepts
 * @param introspection who is asked about tokens that are no JWT; absent: they are refused
 * @param revocation whether Redis says what is revoked before its time
 * @param tokenCacheSize how many verified tokens of up to 1 KiB are remembered; longer ones count
 *     for more. 0 to 1,000,000; 0 remembers none.
 */
public record AuthProperties(
        @DefaultValue Map<String, String> identityHeaders,
        @DefaultValue List<Issuer> issuers,
        @DefaultValue("true") boolean forwardToken,
        @DefaultValue List<Key> apiKeys,
        @Nullable Introspection introspection,
        @DefaultValue Revocation revocation,
        @DefaultValue("10000") int tokenCacheSize) {

    /**
     * One trusted issuer. Exactly one of jwk-set-uri, public-key-location and secret is given.
     *
     * @param issuer the exact value of the claim iss
     * @param jwkSetUri where the issuer's keys are fetched, http or https
     * @param publicKeyLocation a file: or classpath: location of PEM public keys, PEM certificates
     *     or a JWK set; read at start
     * @param secret shared secret for HS256, at least 32 bytes of UTF-8
     * @param audiences the claim aud must contain one of these; empty: it is not looked at
     * @param algorithms accepted signature algorithms. Default: RS256, ES256, PS256 and EdDSA with
     *     public keys, HS256 with a secret.
     * @param clockSkew how far the issuer's clock may differ, 0 to 10 minutes
     * @param types accepted values of the header's typ, without application/; absent stands for a
     *     token without one. Default: JWT, at+jwt and absent
     * @param maxLifetime longest time from iat (or now, where there is none) to exp; absent: any
     * @param requiredClaims claims without which a token is refused, such as jti
     * @param rolesClaim the claim, or path of claims joined by dots, that lists the roles
     */
    public record Issuer(
            @Nullable String issuer,
            @Nullable String jwkSetUri,
            @Nullable String publicKeyLocation,
            @Nullable String secret,
            @DefaultValue List<String> audiences,
            @DefaultValue List<String> algorithms,
            @DefaultValue("30s") Duration clockSkew,
            @DefaultValue List<String> types,
            @Nullable Duration maxLifetime,
            @DefaultValue List<String> requiredClaims,
            @DefaultValue("roles") String rolesClaim) {

        /** Without the secret. */
        @Override
        public String toString() {
            return "Issuer[issuer=" + issuer + "]";
        }
    }

    /**
     * An endpoint of RFC 7662, asked as a client with a password.
     *
     * @param uri where it is, http or https
     * @param clientId the gateway's name there
     * @param clientSecret its password
     * @param issuer an answer of another iss is refused; absent: not looked at
     * @param audiences the answer's aud must contain one of these; empty: it is not looked at
     * @param requiredClaims members without which a token is refused
     * @param rolesClaim the member, or path of members joined by dots, that lists the roles
     * @param clockSkew how far its clock may differ, 0 to 10 minutes
     * @param cacheTime how long an answer serves, 0 to 5 minutes; a refusal 10 seconds at most
     * @param timeout how long an answer may take, 100 milliseconds to 10 seconds
     */
    public record Introspection(
            @Nullable String uri,
            @Nullable String clientId,
            @Nullable String clientSecret,
            @Nullable String issuer,
            @DefaultValue List<String> audiences,
            @DefaultValue List<String> requiredClaims,
            @DefaultValue("roles") String rolesClaim,
            @DefaultValue("30s") Duration clockSkew,
            @DefaultValue("30s") Duration cacheTime,
            @DefaultValue("2s") Duration timeout) {

        /** Without the secret. */
        @Override
        public String toString() {
            return "Introspection[uri=" + uri + "]";
        }
    }

    /**
     * Revocations on Redis.
     *
     * @param enabled whether every token and API key is asked about
     * @param onStoreFailure closed refuses with 503 while Redis cannot be asked, open lets pass; a
     *     route's on-revocation-failure wins
     * @param timeout how long an answer may take, 1 millisecond to 1 second
     */
    public record Revocation(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("closed") String onStoreFailure,
            @DefaultValue("250ms") Duration timeout) {}

    /**
     * One API key.
     *
     * @param id the client's name; two keys of it may be good at a time, to change from one to the
     *     other
     * @param sha256 SHA-256 of the key, 64 hexadecimal digits
     * @param scopes what the key grants
     * @param expires when it ends, such as 2027-01-31T00:00:00Z; absent: never
     */
    public record Key(
            @Nullable String id,
            @Nullable String sha256,
            @DefaultValue List<String> scopes,
            @Nullable Instant expires) {

        /** Without the hash. */
        @Override
        public String toString() {
            return "Key[id=" + id + "]";
        }
    }
}
