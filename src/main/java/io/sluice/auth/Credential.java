package io.sluice.auth;

import java.util.List;

/** What the {@code Authorization} headers of a request offer (RFC 6750 section 2.1). */
public sealed interface Credential {

    /** No header, or one of another scheme. */
    record None() implements Credential {}

    /** A token, as it came. */
    record Bearer(String token) implements Credential {}

    /** The Bearer scheme without a token after it. */
    record Malformed() implements Credential {}

    /**
     * More than one, in one place or in two (RFC 6750 section 2: a client must not): which of them
     * would the upstream believe?
     */
    record Several() implements Credential {}

    /**
     * @param authorization the values of all {@code Authorization} headers, as they came
     * @param tokenInQuery whether the query has an {@code access_token} too. By itself that is no
     *     credential: a query ends in logs and histories, so tokens are not read from it.
     */
    static Credential of(List<String> authorization, boolean tokenInQuery) {
        Credential found = of(authorization);
        boolean another = tokenInQuery && !(found instanceof None);
        return another ? new Several() : found;
    }

    private static Credential of(List<String> authorization) {
        if (authorization.isEmpty()) {
            return new None();
        }
        if (authorization.size() > 1) {
            return new Several();
        }
        String value = authorization.get(0).strip();
        int scheme = "Bearer".length();
        if (!value.regionMatches(true, 0, "Bearer", 0, scheme)) {
            return new None();
        }
        if (value.length() == scheme) {
            return new Malformed();
        }
        if (value.charAt(scheme) != ' ') {
            return Token68.isTokenCharacter(value.charAt(scheme)) ? new None() : new Malformed();
        }
        String token = value.substring(scheme).strip();
        if (token.indexOf(',') >= 0) {
            // Two header lines that something on the way has joined.
            return new Several();
        }
        return Token68.is(token) ? new Bearer(token) : new Malformed();
    }
}
