package io.sluice.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** What became of a token: exactly one of three. All are immutable values. */
public sealed interface Verification {

    /**
     * The token is genuine and in time.
     *
     * @param identity whom it speaks for
     * @param headers the identity headers to send upstream, name to encoded value
     * @param notBefore the earliest use, clock skew already taken off; {@link Instant#MIN} if none
     * @param algorithm what it was signed with
     * @param key the key that verified it, so that a withdrawn key takes its tokens along
     */
    record Verified(
            Identity identity,
            Map<String, String> headers,
            Instant notBefore,
            Algorithm algorithm,
            VerificationKey key)
            implements Verification {

        /** Whether it may be used at this instant, without any skew in its favour at the end. */
        boolean usableAt(Instant now) {
            return now.isBefore(identity.expiresAt()) && !now.isBefore(notBefore);
        }
    }

    /** The token must not pass, now or later. */
    record Refused(Reason reason) implements Verification, Examination {}

    /**
     * Nothing can be said of the token, as its issuer's keys cannot be had. Never a pass.
     *
     * @param retryAfter when asking again makes sense; at least one second
     */
    record KeysUnavailable(Duration retryAfter) implements Verification {}
}
