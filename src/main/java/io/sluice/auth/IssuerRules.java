package io.sluice.auth;

import java.time.Duration;
import java.util.Set;

/**
 * What is accepted of one issuer's tokens. Immutable.
 *
 * @param issuer compared with {@code iss} character by character, nothing normalised
 * @param algorithms never mixes shared secrets with public keys
 * @param audiences the token must name one of these in {@code aud}; empty: not looked at
 * @param clockSkew how far clocks may differ, 0 or longer
 */
public record IssuerRules(
        String issuer, Set<Algorithm> algorithms, Set<String> audiences, Duration clockSkew) {

    public IssuerRules {
        algorithms = Set.copyOf(algorithms);
        audiences = Set.copyOf(audiences);
        if (algorithms.isEmpty()) {
            throw new IllegalArgumentException("algorithms: [] (expected: at least one)");
        }
        if (algorithms.stream().map(Algorithm::symmetric).distinct().count() > 1) {
            throw new IllegalArgumentException(
                    "algorithms: " + algorithms + " (expected: HS* or public-key ones, not both)");
        }
    }
}
