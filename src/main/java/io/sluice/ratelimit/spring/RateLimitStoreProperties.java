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
 *     not configured, at least 1000; about 300 bytes each
 */
public record RateLimitStoreProperties(
        @DefaultValue("50ms") Duration timeout, @DefaultValue("100000") long maxLocalBuckets) {

    private static final Duration LONGEST = Duration.ofSeconds(10);

    /** Refuses what is not valid. */
    public RateLimitStoreProperties {
        Setting.require(
                !timeout.isNegative() && !timeout.isZero() && timeout.compareTo(LONGEST) <= 0,
                "sluice.rate-limit-store.timeout",
                timeout,
                "a duration longer than 0 and at most 10s, such as 50ms");
        Setting.atLeast("sluice.rate-limit-store.max-local-buckets", maxLocalBuckets, 1000L);
    }

    /** The defaults. */
    public static RateLimitStoreProperties defaults() {
        return new RateLimitStoreProperties(Duration.ofMillis(50), 100_000);
    }
}
