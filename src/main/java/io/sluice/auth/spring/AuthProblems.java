package io.sluice.auth.spring;

import io.sluice.auth.Reason;
import io.sluice.problem.Problem;
import java.time.Duration;
import org.springframework.http.HttpHeaders;

/** The answers of authentication (RFC 6750 section 3), all of fixed text. */
final class AuthProblems {

    private static final Problem UNAUTHORIZED =
            Problem.of(401, "unauthorized", "Unauthorized", "A valid credential is needed.");
    private static final Problem FORBIDDEN =
            Problem.of(
                    403,
                    "insufficient-scope",
                    "Forbidden",
                    "The credential does not allow this request.");

    static final Problem NO_TOKEN = challenge(UNAUTHORIZED, "Bearer");

    static final Problem SEVERAL =
            challenge(
                    Problem.of(
                            400,
                            "invalid-request",
                            "Bad Request",
                            "There must be one credential at most, in one place."),
                    "Bearer error=\"invalid_request\"");

    static final Problem NO_API_KEY = challenge(UNAUTHORIZED, "ApiKey");

    static final Problem API_KEY_FORBIDDEN = FORBIDDEN;

    /** Without a challenge, as with keys. */
    static final Problem REVOCATIONS_UNAVAILABLE =
            Problem.of(
                            503,
                            "revocations-unavailable",
                            "Service Unavailable",
                            "Whether the credential is revoked cannot be checked at the moment.")
                    .withHeader(HttpHeaders.RETRY_AFTER, "1");

    /** A rule on roles or claims failed: no scope would help, so none is named. */
    static final Problem NOT_ENTITLED = challenge(FORBIDDEN, "Bearer error=\"insufficient_scope\"");

    static final Problem REVOKED = badToken(Reason.REVOKED);

    static final Problem NO_CERTIFICATE = challenge(UNAUTHORIZED, "ClientCertificate");

    static final Problem CERTIFICATE_NOT_ALLOWED =
            Problem.of(
                    403,
                    "certificate-not-allowed",
                    "Forbidden",
                    "The client certificate does not allow this request.");

    private AuthProblems() {}

    static Problem badToken(Reason reason) {
        return challenge(
                UNAUTHORIZED,
                "Bearer error=\"invalid_token\", error_description=\"" + reason.text() + "\"");
    }

    /**
     * @param wanted the scopes of the route's rule, joined by spaces
     */
    static Problem scope(String wanted) {
        return challenge(
                FORBIDDEN, "Bearer error=\"insufficient_scope\", scope=\"" + wanted + "\"");
    }

    /** Without a challenge: the token may be good, and a client should not throw it away. */
    static Problem unavailable(Duration retryAfter) {
        long seconds = Math.max(1, retryAfter.plusMillis(999).toSeconds());
        return Problem.of(
                        503,
                        "keys-unavailable",
                        "Service Unavailable",
                        "The credential cannot be checked at the moment.")
                .withHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
    }

    private static Problem challenge(Problem problem, String value) {
        return problem.withHeader(HttpHeaders.WWW_AUTHENTICATE, value);
    }
}
