package io.sluice.auth;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a revocation store last said of an identity. Immutable.
 *
 * @param revoked whether it is revoked
 * @param askedAtNanos by a {@code nanoTime}-like clock, taken before the store was asked
 */
public record Standing(boolean revoked, long askedAtNanos) {

    /** A revocation is in effect after at most this and the time of one question. */
    public static final Duration FRESH = Duration.ofSeconds(1);

    /** Whether it may serve without asking again. */
    public boolean isFresh(long nowNanos) {
        return nowNanos - askedAtNanos < FRESH.toNanos();
    }

    /** What follows for a request. */
    public enum Answer {
        CLEAR,
        REVOKED,
        /** The store cannot be asked: the route's own rule decides. */
        UNKNOWN
    }

    public Answer answer() {
        return revoked ? Answer.REVOKED : Answer.CLEAR;
    }

    /**
     * What follows where the store cannot be asked: what was revoked stays so.
     *
     * @param last what it last said, however long ago; null for nothing
     */
    public static Answer withoutStore(@Nullable Standing last) {
        return last != null && last.revoked() ? Answer.REVOKED : Answer.UNKNOWN;
    }
}
