package io.sluice.ratelimit.spring;

import io.sluice.ratelimit.BucketShape;
import io.sluice.ratelimit.KeySpec;
import io.sluice.ratelimit.OnStoreFailure;
import io.sluice.ratelimit.Policy;
import io.sluice.settings.Setting;
import io.sluice.settings.SettingException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One rate limit, under {@code sluice.rate-limits.<name>}.
 *
 * @param key whom a bucket belongs to: user, ip, api-key, header:NAME, claim:NAME, route, global,
 *     or a list of these joined
 * @param capacity tokens in a full bucket: the most that may pass at once
 * @param refillTokens tokens gained per refill-period
 * @param refillPeriod the time in which refill-tokens are gained, spread evenly over it
 * @param cost tokens that one request takes
 * @param onStoreFailure what happens while Redis does not answer: local (this gateway's share of
 *     the limit), open (everything passes) or closed (503)
 * @param shadow true: counts and reports what it would deny, and denies nothing
 */
public record PolicyProperties(
        @Nullable List<String> key,
        @Nullable Long capacity,
        @Nullable Long refillTokens,
        @Nullable Duration refillPeriod,
        @DefaultValue("1") long cost,
        @DefaultValue("local") String onStoreFailure,
        @DefaultValue("false") boolean shadow) {

    private static final Duration LONGEST = Duration.ofDays(3660);

    /**
     * These settings as a policy.
     *
     * @param name its name, the last part of the property path
     * @throws SettingException when one of them is missing or not valid
     */
    public Policy toPolicy(String name) {
        String path = "sluice.rate-limits." + name;
        Setting.require(
                Policy.isName(name),
                path,
                name,
                "a name of 1 to 64 characters of A-Z a-z 0-9 . _ -");
        long tokens = atLeastOne(path + ".refill-tokens", refillTokens);
        long period = micros(path + ".refill-period");
        long size = atLeastOne(path + ".capacity", capacity);
        long maximum = BucketShape.maxCapacity(tokens, period);
        Setting.require(
                size <= maximum,
                path + ".capacity",
                size,
                "1 to " + maximum + ", with " + tokens + " refill-tokens per " + refillPeriod);
        Setting.require(
                cost >= 1 && cost <= size, path + ".cost", cost, "1 to the capacity, " + size);
        BucketShape shape = BucketShape.of(size, tokens, period);
        return new Policy(name, keySpec(path), shape, cost, onFailure(path), shadow);
    }

    private KeySpec keySpec(String path) {
        try {
            return KeySpec.parse(key == null ? List.of() : key);
        } catch (IllegalArgumentException refused) {
            throw new SettingException(path + ".key", key, KeySpec.EXPECTED);
        }
    }

    private long micros(String property) {
        Duration period = Setting.present(property, refillPeriod, "a duration such as 1s");
        Setting.require(
                period.compareTo(Duration.ofNanos(1000)) >= 0
                        && period.compareTo(LONGEST) <= 0
                        && period.getNano() % 1000 == 0,
                property,
                period,
                "a duration of whole microseconds, longer than 0 and at most 3660d, such as 1s");
        return TimeUnit.NANOSECONDS.toMicros(period.toNanos());
    }

    private OnStoreFailure onFailure(String path) {
        return switch (onStoreFailure.strip().toLowerCase(Locale.ROOT)) {
            case "local" -> OnStoreFailure.LOCAL;
            case "open" -> OnStoreFailure.OPEN;
            case "closed" -> OnStoreFailure.CLOSED;
            default ->
                    throw new SettingException(
                            path + ".on-store-failure", onStoreFailure, "local, open or closed");
        };
    }

    private static long atLeastOne(String property, @Nullable Long value) {
        return Setting.atLeast(
                property, Setting.present(property, value, "a whole number >= 1"), 1L);
    }
}
