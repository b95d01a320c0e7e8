package io.sluice.auth;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is accepted of an introspection endpoint's answers (RFC 7662 section 2.2). Immutable.
 *
 * @param issuer an answer that names another {@code iss} is refused; null: not looked at
 * @param audiences the answer must name one of these in {@code aud}; empty: not looked at
 * @param clockSkew how far clocks may differ, 0 or longer
 * @param requiredClaims members without which a token is refused
 * @param rolesClaim the member, or path of members joined by dots, that lists the roles
 */
public record IntrospectionRules(
        @Nullable String issuer,
        Set<String> audiences,
        Duration clockSkew,
        Set<String> requiredClaims,
        String rolesClaim) {

    public IntrospectionRules {
        audiences = Set.copyOf(audiences);
        requiredClaims = Set.copyOf(requiredClaims);
    }
}
