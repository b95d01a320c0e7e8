package io.sluice.auth;

import io.sluice.auth.AccessRules.Access;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One rule on identities: all of its parts must hold. An empty part asks nothing. Immutable.
 *
 * @param scopes all of these must be granted; order is kept for the answer
 * @param anyScope at least one of these must be granted
 * @param roles all of these must be had
 * @param anyRole at least one of these must be had
 * @param claims claim (or path joined by dots) to values, one of which it must have or, being a
 *     list, contain
 * @param audiences {@code aud} must name at least one of these
 */
public record Requirements(
        Set<String> scopes,
        Set<String> anyScope,
        Set<String> roles,
        Set<String> anyRole,
        Map<String, Set<String>> claims,
        Set<String> audiences) {

    /** Any verified identity will do. */
    public static final Requirements NONE =
            new Requirements(Set.of(), Set.of(), Set.of(), Set.of(), Map.of(), Set.of());

    public Requirements {
        scopes = ordered(scopes);
        anyScope = ordered(anyScope);
        roles = ordered(roles);
        anyRole = ordered(anyRole);
        audiences = ordered(audiences);
        Map<String, Set<String>> copy = new LinkedHashMap<>();
        claims.forEach((claim, values) -> copy.put(claim, ordered(values)));
        claims = Collections.unmodifiableMap(copy);
    }

    private static Set<String> ordered(Set<String> values) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(values));
    }

    Access check(Identity identity) {
        if (!audiences.isEmpty() && !isFor(audiences, identity.claims().get("aud"))) {
            return new Access.WrongAudience();
        }
        if (!identity.scopes().containsAll(scopes)) {
            return new Access.ScopeMissing(String.join(" ", scopes));
        }
        if (!hasAny(identity.scopes(), anyScope)) {
            return new Access.ScopeMissing(String.join(" ", anyScope));
        }
        boolean entitled =
                identity.roles().containsAll(roles)
                        && hasAny(identity.roles(), anyRole)
                        && hasClaims(identity);
        return entitled ? AccessRules.GRANTED : new Access.NotEntitled();
    }

    private static boolean hasAny(Collection<String> had, Set<String> wanted) {
        return wanted.isEmpty() || !Collections.disjoint(had, wanted);
    }

    private boolean hasClaims(Identity identity) {
        for (Map.Entry<String, Set<String>> rule : claims.entrySet()) {
            if (!matches(Claims.find(identity.claims(), rule.getKey()), rule.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static boolean matches(@Nullable Object actual, Set<String> wanted) {
        if (actual instanceof List<?> several) {
            return several.stream().anyMatch(one -> isScalarOf(one, wanted));
        }
        return isScalarOf(actual, wanted);
    }

    private static boolean isScalarOf(@Nullable Object actual, Set<String> wanted) {
        boolean scalar =
                actual instanceof String || actual instanceof Number || actual instanceof Boolean;
        return scalar && wanted.contains(String.valueOf(actual));
    }

    /** Whether {@code aud}, a text or a list, names one of these (RFC 7519 section 4.1.3). */
    static boolean isFor(Set<String> audiences, @Nullable Object audience) {
        return audience instanceof List<?> several
                ? several.stream().anyMatch(one -> one instanceof String && audiences.contains(one))
                : audience instanceof String one && audiences.contains(one);
    }
}
