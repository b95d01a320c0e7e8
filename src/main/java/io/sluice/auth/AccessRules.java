package io.sluice.auth;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a route asks of a verified identity. Judged anew on each request, so that one cached token
 * may pass on one route and not on another. Immutable.
 *
 * @param always what every request must meet
 * @param byMethod what requests of this HTTP method must meet as well. HEAD without a rule of its
 *     own is judged as GET, whose answer it reveals.
 * @param optional true lets a request without any credential pass as anonymous, except by a method
 *     that has a rule
 */
public record AccessRules(
        Requirements always, Map<String, Requirements> byMethod, boolean optional) {

    /** Any verified identity passes. */
    public static final AccessRules AUTHENTICATED =
            new AccessRules(Requirements.NONE, Map.of(), false);

    static final Access GRANTED = new Access.Granted();

    public AccessRules {
        byMethod = Collections.unmodifiableMap(new LinkedHashMap<>(byMethod));
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

        /** A role or claim is not as asked; which one is not for the client to know. */
        record NotEntitled() implements Access {}

        /** It was not issued for this route. */
        record WrongAudience() implements Access {}
    }

    /**
     * Judges an identity.
     *
     * @param method the request's HTTP method, in capitals
     */
    public Access check(Identity identity, String method) {
        Access access = always.check(identity);
        if (byMethod.isEmpty() || !(access instanceof Access.Granted)) {
            return access;
        }
        return ruleOf(method).check(identity);
    }

    /** Whether a request of this method may pass without any credential. */
    public boolean admitsAnonymous(String method) {
        return optional && ruleOf(method).equals(Requirements.NONE);
    }

    private Requirements ruleOf(String method) {
        Requirements own = byMethod.get(method);
        if (own == null && method.equals("HEAD")) {
            own = byMethod.get("GET");
        }
        return own == null ? Requirements.NONE : own;
    }
}
