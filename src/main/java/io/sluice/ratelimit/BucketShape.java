package io.sluice.ratelimit;

/**
 * Size and refill of a token bucket in whole numbers, so that any rate is exact: {@code gain /
 * scale} tokens are gained per microsecond, as a reduced fraction. A level is counted in units of
 * {@code 1 / scale} token, so one token is {@code scale} units and each microsecond adds {@code
 * gain} units.
 *
 * <p>Every number stays within {@value #MAX}, the largest up to which a double, and so a Lua
 * number, holds every integer: Java and Redis compute the same. Immutable.
 *
 * @param capacity tokens in a full bucket; 0 admits nothing
 * @param gain units gained per microsecond; 0 never refills
 * @param scale units in one token, at least 1
 */
public record BucketShape(long capacity, long gain, long scale) {

    /** 2^53 - 1. */
    public static final long MAX = (1L << 53) - 1;

    public BucketShape {
        require(capacity >= 0, "capacity", capacity, ">= 0");
        require(gain >= 0 && gain <= MAX, "gain", gain, "0 to 2^53 - 1");
        require(scale >= 1, "scale", scale, ">= 1");
        require(capacity <= MAX / scale, "capacity", capacity, "capacity * scale < 2^53");
    }

    /**
     * The shape of a bucket that gains {@code refillTokens} per {@code periodMicros} microseconds.
     *
     * @throws IllegalArgumentException when a number is negative, the period is below 1, or {@code
     *     capacity} is above {@link #maxCapacity}
     */
    public static BucketShape of(long capacity, long refillTokens, long periodMicros) {
        long divisor = divisor(refillTokens, periodMicros);
        return new BucketShape(capacity, refillTokens / divisor, periodMicros / divisor);
    }

    /** The largest capacity that is still exact with this refill. */
    public static long maxCapacity(long refillTokens, long periodMicros) {
        return MAX / (periodMicros / divisor(refillTokens, periodMicros));
    }

    /** Units in a full bucket. */
    public long full() {
        return capacity * scale;
    }

    /**
     * Microseconds from empty to full, rounded up; {@link Long#MAX_VALUE} when it never refills.
     */
    public long fillMicros() {
        return gain == 0 ? Long.MAX_VALUE : TokenBucket.ceilDiv(full(), gain);
    }

    /**
     * The part of this bucket that one of {@code sharers} may give: capacity and rate divided by
     * their number. The capacity is rounded down, but never below {@code minimum}, or a request
     * could never be admitted; then the shares together exceed the whole.
     *
     * @param sharers how many gateways share the bucket; below 2 the shape is returned as it is
     * @param minimum the least capacity, in tokens
     */
    public BucketShape share(int sharers, long minimum) {
        if (sharers < 2) {
            return this;
        }
        long part = Math.max(minimum, capacity / sharers);
        long by = Math.min(sharers, MAX / Math.max(1, part) / scale);
        long divisor = divisor(gain, scale * by);
        return new BucketShape(part, gain / divisor, scale * by / divisor);
    }

    private static long divisor(long a, long b) {
        require(a >= 0, "refill tokens", a, ">= 0");
        require(b >= 1, "refill period in microseconds", b, ">= 1");
        long x = a;
        long y = b;
        while (x != 0) {
            long rest = y % x;
            y = x;
            x = rest;
        }
        return y;
    }

    private static void require(boolean holds, String what, long value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(
                    what + ": " + value + " (expected: " + expected + ")");
        }
    }
}
