package io.sluice.upstream;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;

/**
 * What is booked for a failed attempt in place of its own time, so that an endpoint that fails in a
 * millisecond does not look fast: 5 s as in linkerd2-proxy's load biaser, or what the answer's
 * {@code Retry-After} asks for when that is longer, up to 300 s. Stateless.
 *
 * <p>A long penalty keeps no endpoint out for as long: the estimate fades and goes stale, and then
 * a few requests try the endpoint again.
 */
public final class FailurePenalty {

    static final Duration LEAST = Duration.ofSeconds(5);
    static final Duration MOST = Duration.ofSeconds(300);

    private static final int MOST_DIGITS = 9;

    private FailurePenalty() {}

    /** The penalty of an attempt whose answer asks for nothing; 0 for an outcome that is none. */
    public static long nanos(Outcome outcome) {
        return outcome.failure() ? LEAST.toNanos() : 0;
    }

    /**
     * The penalty of an attempt whose answer carries {@code Retry-After}: seconds, or an HTTP date
     * (RFC 9110 section 10.2.3). One that cannot be read counts as none.
     */
    public static long nanos(Outcome outcome, String retryAfter, Instant now) {
        if (!outcome.failure()) {
            return 0;
        }
        Duration asked = asked(retryAfter.trim(), now);
        Duration atLeast = asked.compareTo(LEAST) < 0 ? LEAST : asked;
        return (atLeast.compareTo(MOST) > 0 ? MOST : atLeast).toNanos();
    }

    private static Duration asked(String text, Instant now) {
        if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return text.length() > MOST_DIGITS ? MOST : Duration.ofSeconds(Long.parseLong(text));
        }
        try {
            Instant until = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
            return Duration.between(now, until);
        } catch (DateTimeException e) {
            return Duration.ZERO;
        }
    }
}
