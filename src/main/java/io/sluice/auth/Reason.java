package io.sluice.auth;

/**
 * Why a token was refused. The text is fixed: it goes to the client, so it names neither what a
 * parser said nor an instant nor any part of the token.
 */
public enum Reason {
    MALFORMED("malformed token"),
    UNSUPPORTED_ALGORITHM("unsupported algorithm"),
    WRONG_TYPE("wrong token type"),
    UNKNOWN_ISSUER("unknown issuer"),
    UNKNOWN_KEY("unknown key"),
    BOUND("token bound to another proof"),
    INACTIVE("token not active"),
    REVOKED("token revoked"),
    BAD_SIGNATURE("invalid signature"),
    NO_EXPIRY("token without expiry"),
    EXPIRED("token expired"),
    NOT_YET_VALID("token not yet valid"),
    LIFETIME_TOO_LONG("token lifetime too long"),
    WRONG_AUDIENCE("wrong audience"),
    MISSING_CLAIM("required claim missing"),
    CLAIM_TOO_LONG("claim too long for a header");

    private final String text;

    Reason(String text) {
        this.text = text;
    }

    /** Visible ASCII without quotes, so that it can stand in {@code error_description="…"}. */
    public String text() {
        return text;
    }
}
