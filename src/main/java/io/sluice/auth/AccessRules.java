package io.sluice.auth;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a route asks of a verified identity. Judged anew on each request, so that one cached token
 * may pass on one route and not on another. Immutable.
 *
 * @param scopes all of these must be granted; order is kept for the answer
 * @param anyScope at least one of these must be granted, unless empty
 * @param claims claim (or path joined by dots) to the value it must have or, being a list, contain
 * @param optional true lets a request without any credential pass as anonymous
 */
public record AccessRules(
        Set<String> scopes, Set<String> anyScope, Map<String, String> claims, boolean optional) {

    /** Any verified identity passes. */
    public static final AccessRules AUTHENTICATED =
            new AccessRules(Set.of(), Set.of(), Map.of(), false);

    public AccessRules {
        scopes = Collections.unmodifiableSet(new LinkedHashSet<>(scopes));
        anyScope = Collections.unmodifiableSet(new LinkedHashSet<>(anyScope));
        claims = Collections.unmodifiableMap(new LinkedHashMap<>(claims));
    }

    /** The decision on one identity. */
    public sealed interface Access {

        /** It may pass. */
        record Granted() implements Access {}

        /**
         * It lacks scopes.
         *
         * @param wanted the scopes of the rule that failed, joined by spaces
         */
        record ScopeMissing(String wanted) implements Access {}

        /** A claim is absent or has another value; which one is not for the client to know. */
        record ClaimMismatch() implements Access {}
    }

    private static final Access GRANTED = new Access.Granted();

    public Access check(Identity identity) {
        if (!identity.scopes().containsAll(scopes)) {
            return new Access.ScopeMissing(String.join(" ", scopes));
        }
        if (!anyScope.isEmpty() && Collections.disjoint(identity.scopes(), anyScope)) {
            return new Access.ScopeMissing(String.join(" ", anyScope));
        }
        for (Map.Entry<String, String> rule : claims.entrySet()) {
            Object actual = Claims.find(identity.claims(), rule.getKey());
            if (!matches(actual, rule.getValue())) {
                return new Access.ClaimMismatch();
            }
        }
        return GRANTED;
    }

    private static boolean matches(@Nullable Object actual, String wanted) {
        if (actual instanceof List<?> several) {
            return several.stream().anyMatch(one -> isScalar(one, wanted));
        }
        return isScalar(actual, wanted);
    }

    private static boolean isScalar(@Nullable Object actual, String wanted) {
        boolean scalar =
                actual instanceof String || actual instanceof Number || actual instanceof Boolean;
        return scalar && wanted.equals(String.valueOf(actual));
    }
}
