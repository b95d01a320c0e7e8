package io.sluice.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of a token: exactly one of three. All are immutable values. */
public sealed interface Verification {

    /**
     * The token is genuine and in time.
     *
     * @param identity whom it speaks for
     * @param headers the identity headers to send upstream, name to encoded value
     * @param notBefore the earliest use, clock skew already taken off; {@link Instant#MIN} if none
     * @param proof what its signature was verified with; null where an endpoint vouched for it
     */
    record Verified(
            Identity identity,
            Map<String, String> headers,
            Instant notBefore,
            @Nullable Proof proof)
            implements Verification {

        /** Whether it may be used at this instant, without any skew in its favour at the end. */
        boolean usableAt(Instant now) {
            return now.isBefore(identity.expiresAt()) && !now.isBefore(notBefore);
        }
    }

    /**
     * A key that verified a token, so that a withdrawn key takes its tokens along.
     *
     * @param algorithm what the token was signed with
     */
    record Proof(Algorithm algorithm, VerificationKey key) {}

    /** The token must not pass, now or later. */
    record Refused(Reason reason) implements Verification, Examination {}

    /**
     * Nothing can be said of the token, as its issuer's keys or answer cannot be had. Never a pass.
     *
     * @param retryAfter when asking again makes sense; at least one second
     */
    record Unavailable(Duration retryAfter) implements Verification {}
}
