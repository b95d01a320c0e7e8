package io.sluice.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When a token may be used, as {@code exp}, {@code nbf} and {@code iat} say (RFC 7519 section 4.1).
 *
 * @param notBefore with the clock skew taken off already
 * @param expiresAt without any skew
 */
record Validity(Instant notBefore, Instant expiresAt) {

    /** The last second of the year 9999: later dates are nonsense, and would overflow. */
    private static final long MAX_SECONDS = 253_402_300_799L;

    /** Either a validity or the reason why the token cannot be used now. */
    record Read(@Nullable Validity validity, Reason reason) {}

    /**
     * @param maxLifetime longest time from {@code iat}, or now where there is none, to {@code exp};
     *     null: any
     */
    static Read read(
            Map<String, Object> claims,
            Instant now,
            Duration skew,
            @Nullable Duration maxLifetime) {
        if (!claims.containsKey("exp")) {
            return refused(Reason.NO_EXPIRY);
        }
        Instant exp = instant(claims.get("exp"));
        if (exp == null || !sound(claims, "nbf") || !sound(claims, "iat")) {
            return refused(Reason.MALFORMED);
        }
        if (!now.isBefore(exp.plus(skew))) {
            return refused(Reason.EXPIRED);
        }
        Instant issued = instant(claims.get("iat"));
        if (maxLifetime != null && exp.isAfter((issued == null ? now : issued).plus(maxLifetime))) {
            return refused(Reason.LIFETIME_TOO_LONG);
        }
        Instant earliest = latest(instant(claims.get("nbf")), issued);
        Instant notBefore = earliest.equals(Instant.MIN) ? earliest : earliest.minus(skew);
        return now.isBefore(notBefore)
                ? refused(Reason.NOT_YET_VALID)
                : new Read(new Validity(notBefore, exp), Reason.MALFORMED);
    }

    /** The same for a statement that need not say when it ends: then it has no end of its own. */
    static Read readOpen(Map<String, Object> claims, Instant now, Duration skew) {
        if (claims.containsKey("exp")) {
            return read(claims, now, skew, null);
        }
        Map<String, Object> open = new HashMap<>(claims);
        open.put("exp", MAX_SECONDS);
        return read(open, now, skew, null);
    }

    private static boolean sound(Map<String, Object> claims, String name) {
        return !claims.containsKey(name) || instant(claims.get(name)) != null;
    }

    /** A NumericDate: whole or fractional seconds since 1970, up to the year 9999. */
    private static @Nullable Instant instant(@Nullable Object value) {
        if (!(value instanceof Number number)) {
            return null;
        }
        double seconds = number.doubleValue();
        return seconds >= 0 && seconds <= MAX_SECONDS
                ? Instant.ofEpochSecond(number.longValue())
                : null;
    }

    private static Instant latest(@Nullable Instant one, @Nullable Instant other) {
        Instant first = one == null ? Instant.MIN : one;
        Instant second = other == null ? Instant.MIN : other;
        return first.isAfter(second) ? first : second;
    }

    private static Read refused(Reason reason) {
        return new Read(null, reason);
    }
}
