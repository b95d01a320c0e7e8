package io.sluice.it;

import java.util.function.Predicate;

/**
 * One row of the catalogue on a route with authentication: bytes that a client sends, and what must
 * come of them.
 *
 * @param name the row of the catalogue and what is sent
 * @param bytes one character a byte
 * @param status the one answer that is right; with 200, and with no other, the upstream is asked
 * @param challenge what {@code WWW-Authenticate} says, character by character; "" for no such line
 * @param seen what must hold of the request that the upstream saw
 */
record AuthAttack(
        String name,
        String bytes,
        int status,
        String challenge,
        Predicate<RecordingUpstream.Received> seen) {

    static final String INVALID = "Bearer error=\"invalid_token\", error_description=\"%s\"";

    /** A request without a credential that counts. */
    static AuthAttack stranger(String name, String bytes) {
        return new AuthAttack(name, bytes, 401, "Bearer", received -> false);
    }

    /**
     * A bearer token that is refused.
     *
     * @param reason the text that the client is told
     */
    static AuthAttack refused(String name, String token, String reason) {
        return new AuthAttack(
                name, bearer("/closed/x", token), 401, INVALID.formatted(reason), r -> false);
    }

    /** A bearer token that is good after all. */
    static AuthAttack good(String name, String token, Predicate<RecordingUpstream.Received> seen) {
        return new AuthAttack(name, bearer("/closed/x", token), 200, "", seen);
    }

    static String bearer(String path, String token, String... headers) {
        String[] all = new String[headers.length + 1];
        all[0] = "Authorization: Bearer " + token;
        System.arraycopy(headers, 0, all, 1, headers.length);
        return Attack.get(path, all);
    }

    @Override
    public String toString() {
        return name;
    }
}
