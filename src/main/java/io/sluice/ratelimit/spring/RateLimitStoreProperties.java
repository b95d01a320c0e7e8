package io.sluice.ratelimit.spring;

import io.sluice.settings.Setting;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How buckets are kept, under {@code sluice.rate-limit-store}.
 *
 * @param timeout how long one decision may wait for Redis, at most 10s; after it each policy's
 *     on-store-failure decides
 * @param maxLocalBuckets how many buckets this process keeps at most, in use while Redis is away or
 *     not configured, and how many denials of Redis it remembers, at least 1000; about 300 bytes
 *     each
 * @param coalescing whether requests that ask the same of the same buckets share a call to Redis
 * @param denyCache whether a denial of Redis is remembered until the bucket can give again
 */
public record RateLimitStoreProperties(
        @DefaultValue("25ms") Duration timeout,
        @DefaultValue("100000") long maxLocalBuckets,
        @DefaultValue("true") boolean coalescing,
        @DefaultValue("true") boolean denyCache) {

    private static final Duration LONGEST = Duration.ofSeconds(10);

    /** Refuses what is not valid. */
    public RateLimitStoreProperties {
        Setting.require(
                !timeout.isNegative() && !timeout.isZero() && timeout.compareTo(LONGEST) <= 0,
                "sluice.rate-limit-store.timeout",
                timeout,
                "a duration longer than 0 and at most 10s, such as 25ms");
        Setting.atLeast("sluice.rate-limit-store.max-local-buckets", maxLocalBuckets, 1000L);
    }

    /** The defaults. */
    public static RateLimitStoreProperties defaults() {
        return new RateLimitStoreProperties(Duration.ofMillis(25), 100_000, true, true);
    }
}
