package io.sluice.ratelimit.spring;

import io.sluice.ratelimit.BucketShape;
import io.sluice.settings.Setting;
import io.sluice.settings.SettingException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One entry under {@code sluice.rate-limits.<name>.plans}: the size of a plan's buckets or, under
 * the key {@code claim} and written as plain text, the claim that names the plan.
 *
 * @param claim the name of that claim; in no other entry
 * @param capacity tokens in a full bucket
 * @param refillTokens tokens gained per refill-period
 * @param refillPeriod the time in which refill-tokens are gained, spread evenly over it
 */
public record PlanProperties(
        @Nullable String claim,
        @Nullable Long capacity,
        @Nullable Long refillTokens,
        @Nullable Duration refillPeriod) {

    private static final Duration LONGEST = Duration.ofDays(3660);

    /** The entry {@code claim: NAME}; the binder finds it by its name and type. */
    public static PlanProperties of(String claim) {
        return new PlanProperties(claim, null, null, null);
    }

    /**
     * This plan, which takes over what it does not say.
     *
     * @throws SettingException when it says nothing, or what it says is not valid
     */
    BucketShape over(String path, PlanProperties other) {
        Setting.require(
                claim == null && (capacity != null || refillTokens != null || refillPeriod != null),
                path,
                claim,
                "capacity, refill-tokens, refill-period");
        return new PlanProperties(
                        null,
                        capacity == null ? other.capacity : capacity,
                        refillTokens == null ? other.refillTokens : refillTokens,
                        refillPeriod == null ? other.refillPeriod : refillPeriod)
                .shape(path);
    }

    /**
     * Size and refill of a bucket.
     *
     * @throws SettingException when one of them is missing or not valid
     */
    BucketShape shape(String path) {
        long tokens = atLeastOne(path + ".refill-tokens", refillTokens);
        long period = micros(path + ".refill-period");
        long size = atLeastOne(path + ".capacity", capacity);
        long maximum = BucketShape.maxCapacity(tokens, period);
        Setting.require(
                size <= maximum,
                path + ".capacity",
                size,
                "1 to " + maximum + ", with " + tokens + " refill-tokens per " + refillPeriod);
        return BucketShape.of(size, tokens, period);
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

    private static long atLeastOne(String property, @Nullable Long value) {
        return Setting.atLeast(
                property, Setting.present(property, value, "a whole number >= 1"), 1L);
    }
}
