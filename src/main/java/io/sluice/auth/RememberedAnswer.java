package io.sluice.auth;

import java.time.Duration;
import java.time.Instant;

/**
 * An endpoint's answer on a token, and until when it may serve in place of a new one. Immutable.
 *
 * @param verification never Unavailable: that is no answer
 * @param untilNanos by a {@code nanoTime}-like clock
 */
public record RememberedAnswer(Verification verification, long untilNanos) {

    /** A refusal serves no longer than this: the token may just have been issued. */
    public static final Duration REFUSAL = Duration.ofSeconds(10);

    /**
     * @param serves how long a good answer may serve, 0 or longer
     */
    public static RememberedAnswer of(Verification verification, Duration serves, long nowNanos) {
        boolean refusal = !(verification instanceof Verification.Verified);
        Duration life = refusal && serves.compareTo(REFUSAL) > 0 ? REFUSAL : serves;
        return new RememberedAnswer(verification, nowNanos + life.toNanos());
    }

    /** Whether it may serve now; a good answer never past the token's own end. */
    public boolean servesAt(long nowNanos, Instant now) {
        boolean inTime =
                !(verification instanceof Verification.Verified good) || good.usableAt(now);
        return nowNanos - untilNanos < 0 && inTime;
    }
}
