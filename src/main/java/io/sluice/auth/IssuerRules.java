package io.sluice.auth;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is accepted of one issuer's tokens. Immutable.
 *
 * @param issuer compared with {@code iss} character by character, nothing normalised
 * @param algorithms never mixes shared secrets with public keys
 * @param audiences the token must name one of these in {@code aud}; empty: not looked at
 * @param clockSkew how far clocks may differ, 0 or longer
 * @param types accepted values of {@code typ}, in lower case and without {@code application/};
 *     {@link #NO_TYPE} stands for a token without one
 * @param maxLifetime longest time from {@code iat} (or else from now) to {@code exp}; null: any
 * @param requiredClaims claims without which a token is refused
 * @param rolesClaim the claim, or path of claims joined by dots, that lists the roles
 */
public record IssuerRules(
        String issuer,
        Set<Algorithm> algorithms,
        Set<String> audiences,
        Duration clockSkew,
        Set<String> types,
        @Nullable Duration maxLifetime,
        Set<String> requiredClaims,
        String rolesClaim) {

    /** In {@link #types}: a header without {@code typ} will do. */
    public static final String NO_TYPE = "";

    /** RFC 7519 section 5.1, RFC 9068 section 2.1, or none at all. */
    public static final Set<String> DEFAULT_TYPES = Set.of("jwt", "at+jwt", NO_TYPE);

    /** Where roles are looked for unless said otherwise (RFC 9068 section 2.2.3.1). */
    public static final String DEFAULT_ROLES_CLAIM = "roles";

    public IssuerRules {
        algorithms = Set.copyOf(algorithms);
        audiences = Set.copyOf(audiences);
        types = Set.copyOf(types);
        requiredClaims = Set.copyOf(requiredClaims);
        if (algorithms.isEmpty() || types.isEmpty()) {
            throw new IllegalArgumentException(
                    "algorithms: " + algorithms + ", types: " + types + " (expected: one or more)");
        }
        if (algorithms.stream().map(Algorithm::symmetric).distinct().count() > 1) {
            throw new IllegalArgumentException(
                    "algorithms: " + algorithms + " (expected: HS* or public-key ones, not both)");
        }
    }

    /** With what is accepted unless said otherwise. */
    public IssuerRules(
            String issuer, Set<Algorithm> algorithms, Set<String> audiences, Duration clockSkew) {
        this(
                issuer,
                algorithms,
                audiences,
                clockSkew,
                DEFAULT_TYPES,
                null,
                Set.of(),
                DEFAULT_ROLES_CLAIM);
    }
}
