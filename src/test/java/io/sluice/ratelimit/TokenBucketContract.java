package io.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.ratelimit.TokenBucket.Outcome;
import io.sluice.ratelimit.TokenBucket.Slot;
import io.sluice.ratelimit.TokenBucket.Step;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every implementation of the step must do, in Java and on Redis. Times in microseconds. */
public abstract class TokenBucketContract {

    /** Where steps are made and their states kept, by name. */
    public interface Bench {

        /** One step over the named buckets; the slots' own states are not looked at. */
        Step step(List<String> names, List<Slot> slots, long permits, long now);

        @Nullable BucketState state(String name);

        void put(String name, BucketState state);
    }

    private static final long SECOND = 1_000_000;
    private static final long YEAR = 365L * 86_400 * SECOND;

    protected abstract Bench bench();

    protected static BucketShape shape(long capacity, long tokens, Duration period) {
        return BucketShape.of(capacity, tokens, period.toNanos() / 1000);
    }

    private static Outcome one(Bench bench, BucketShape shape, long cost, long now) {
        return step(bench, shape, cost, now).outcomes().get(0);
    }

    private static Step step(Bench bench, BucketShape shape, long cost, long now) {
        return bench.step(List.of("a"), List.of(new Slot(shape, null, cost, true)), 1, now);
    }

    @Test
    void vector1_tenPerSecond_grantsAgainAtTheExactMicrosecond() {
        Bench bench = bench();
        BucketShape shape = shape(10, 10, Duration.ofSeconds(1));
        assertThat(shape).isEqualTo(new BucketShape(10, 1, 100_000));
        for (int left = 9; left >= 0; left--) {
            assertThat(one(bench, shape, 1, 0).remaining()).isEqualTo(left);
        }
        assertThat(one(bench, shape, 1, 0).retryMicros()).isEqualTo(100_000);
        assertThat(one(bench, shape, 1, 99_999).retryMicros()).isEqualTo(1);
        Step granted = step(bench, shape, 1, 100_000);
        assertThat(granted.granted()).isEqualTo(1);
        assertThat(granted.outcomes().get(0).remaining()).isZero();
    }

    @Test
    void vector2_threePerSecond_keepsTheUnitsLeftOver() {
        Bench bench = bench();
        BucketShape shape = shape(3, 3, Duration.ofSeconds(1));
        assertThat(shape).isEqualTo(new BucketShape(3, 3, 1_000_000));
        for (int i = 0; i < 3; i++) {
            one(bench, shape, 1, 0);
        }
        assertThat(one(bench, shape, 1, 333_333).retryMicros()).isEqualTo(1);
        assertThat(step(bench, shape, 1, 333_334).granted()).isEqualTo(1);
        assertThat(bench.state("a")).isEqualTo(new BucketState(0, 2, 1_000_000, 333_334));
        assertThat(step(bench, shape, 1, 666_666).granted()).isZero();
        assertThat(step(bench, shape, 1, 666_667).granted()).isEqualTo(1);
        assertThat(step(bench, shape, 1, 999_999).granted()).isZero();
        assertThat(step(bench, shape, 1, SECOND).granted()).isEqualTo(1);
        assertThat(bench.state("a")).isEqualTo(new BucketState(0, 0, 1_000_000, SECOND));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, SECOND, YEAR})
    void vector3_clockGoesBack_nothingIsMinted(long back) {
        Bench bench = bench();
        BucketShape shape = shape(5, 1, Duration.ofSeconds(1));
        long start = 2 * YEAR;
        one(bench, shape, 3, start);
        Outcome before = one(bench, shape, 1, start - back);
        assertThat(before.remaining()).isEqualTo(1);
        assertThat(bench.state("a")).isEqualTo(new BucketState(1, 0, SECOND, start));
        Outcome denied = one(bench, shape, 2, start - back);
        assertThat(denied.retryMicros()).isEqualTo(back + SECOND);
        assertThat(step(bench, shape, 2, start - back + denied.retryMicros() - 1).granted())
                .isZero();
        assertThat(step(bench, shape, 2, start - back + denied.retryMicros()).granted())
                .isEqualTo(1);
    }

    @Test
    void vector4_longestElapsedTime_fillsWithoutOverflow() {
        Bench bench = bench();
        BucketShape shape = shape(1000, 7, Duration.ofMinutes(1));
        one(bench, shape, 1000, 0);
        assertThat(one(bench, shape, 1, BucketShape.MAX).remaining()).isEqualTo(999);
        assertThat(bench.state("a"))
                .isEqualTo(new BucketState(999, 0, shape.scale(), BucketShape.MAX));
    }

    @Test
    void vector5_largestCapacity_isExact() {
        Bench bench = bench();
        BucketShape shape = shape(BucketShape.MAX, SECOND, Duration.ofSeconds(1));
        assertThat(shape.scale()).isEqualTo(1);
        assertThat(one(bench, shape, 1, 0).remaining()).isEqualTo(BucketShape.MAX - 1);
        assertThat(bench.state("a")).isEqualTo(new BucketState(BucketShape.MAX - 1, 0, 1, 0));
    }

    @Test
    void vector6_costZero_onlyLooks() {
        Bench bench = bench();
        BucketShape shape = shape(3, 1, Duration.ofSeconds(1));
        assertThat(one(bench, shape, 0, 0).remaining()).isEqualTo(3);
        assertThat(bench.state("a")).isNull();
        one(bench, shape, 2, 0);
        assertThat(one(bench, shape, 0, 500_000).remaining()).isEqualTo(1);
        assertThat(bench.state("a")).isEqualTo(new BucketState(1, 0, SECOND, 0));
    }

    @Test
    void vector6_costAboveCapacity_isDeniedForEver() {
        Outcome outcome = one(bench(), shape(3, 1, Duration.ofSeconds(1)), 4, 0);
        assertThat(outcome.exceeded()).isTrue();
        assertThat(outcome.retryMicros()).isEqualTo(TokenBucket.NEVER);
    }

    @Test
    void vector6_costOfAll_emptiesAFullBucket() {
        Outcome outcome = one(bench(), shape(3, 1, Duration.ofSeconds(1)), 3, 0);
        assertThat(outcome.exceeded()).isFalse();
        assertThat(outcome.remaining()).isZero();
        assertThat(outcome.nextMicros()).isEqualTo(SECOND);
        assertThat(outcome.resetMicros()).isEqualTo(3 * SECOND);
    }

    @Test
    void vector7_noRefill_grantsTheCapacityThenNothing() {
        Bench bench = bench();
        BucketShape shape = shape(2, 0, Duration.ofSeconds(1));
        one(bench, shape, 1, 0);
        Outcome last = one(bench, shape, 1, 0);
        assertThat(last.resetMicros()).isEqualTo(TokenBucket.NEVER);
        assertThat(last.nextMicros()).isEqualTo(TokenBucket.NEVER);
        Outcome denied = one(bench, shape, 1, YEAR);
        assertThat(denied.exceeded()).isTrue();
        assertThat(denied.retryMicros()).isEqualTo(TokenBucket.NEVER);
    }

    @Test
    void vector7_noCapacity_deniesAlways() {
        assertThat(step(bench(), shape(0, 1, Duration.ofSeconds(1)), 1, 0).granted()).isZero();
    }

    @Test
    void vector8_tenPerMicrosecond_refillsTen() {
        Bench bench = bench();
        BucketShape shape = shape(10, 10_000_000, Duration.ofSeconds(1));
        assertThat(shape).isEqualTo(new BucketShape(10, 10, 1));
        one(bench, shape, 10, 7);
        assertThat(step(bench, shape, 1, 7).granted()).isZero();
        assertThat(one(bench, shape, 10, 8).remaining()).isZero();
    }

    @Test
    void vector8_onePerThirtyDays_isStillEmptyAfterADay() {
        Bench bench = bench();
        BucketShape shape = shape(1, 1, Duration.ofDays(30));
        one(bench, shape, 1, 0);
        assertThat(step(bench, shape, 1, 86_401 * SECOND).granted()).isZero();
        assertThat(step(bench, shape, 1, 30 * 86_400 * SECOND - 1).granted()).isZero();
        assertThat(step(bench, shape, 1, 30 * 86_400 * SECOND).granted()).isEqualTo(1);
    }

    @Test
    void vector9_tenThousandPerSecond_isSmoothToTheMillisecond() {
        Bench bench = bench();
        BucketShape shape = shape(100, 10_000, Duration.ofSeconds(1));
        one(bench, shape, 100, 0);
        for (int millis = 1; millis <= 200; millis++) {
            assertThat(step(bench, shape, 11, millis * 1000L).granted()).isZero();
            assertThat(step(bench, shape, 10, millis * 1000L).granted()).isEqualTo(1);
        }
    }

    @Test
    void vector10_capacityLowered_capsTheLevel() {
        Bench bench = bench();
        one(bench, shape(100, 1, Duration.ofSeconds(1)), 10, 0);
        assertThat(one(bench, shape(5, 1, Duration.ofSeconds(1)), 1, 0).remaining()).isEqualTo(4);
    }

    @Test
    void vector10_capacityRaised_givesNothingBeyondTheElapsedTime() {
        Bench bench = bench();
        one(bench, shape(5, 1, Duration.ofSeconds(1)), 5, 0);
        assertThat(one(bench, shape(100, 1, Duration.ofSeconds(1)), 0, SECOND).remaining())
                .isEqualTo(1);
    }

    @Test
    void vector10_refillChanged_keepsWholeTokensAndDropsTheFraction() {
        Bench bench = bench();
        bench.put("a", new BucketState(2, 999_999, SECOND, 0));
        BucketShape other = shape(10, 3, Duration.ofSeconds(2));
        assertThat(one(bench, other, 1, 0).remaining()).isEqualTo(1);
        assertThat(bench.state("a")).isEqualTo(new BucketState(1, 0, other.scale(), 0));
    }

    /** throttled/redis-cell: burst 5, one per second, as steps of time, cost and what must come. */
    @Test
    void vector11_throttledTable_holds() {
        Bench bench = bench();
        BucketShape shape = shape(5, 1, Duration.ofSeconds(1));
        long[][] rows = {
            // now ms, cost, remaining, reset ms, retry ms, exceeded
            {0, 6, 5, 0, -1, 1}, {0, 1, 4, 1000, 0, 0}, {0, 1, 3, 2000, 0, 0},
            {0, 1, 2, 3000, 0, 0}, {0, 1, 1, 4000, 0, 0}, {0, 1, 0, 5000, 0, 0},
            {0, 1, 0, 5000, 1000, 1}, {3000, 1, 2, 3000, 0, 0}, {3100, 1, 1, 3900, 0, 0},
            {4000, 1, 1, 4000, 0, 0}, {8000, 1, 4, 1000, 0, 0}, {9500, 1, 4, 1000, 0, 0},
            {9500, 0, 4, 1000, 0, 0}, {9500, 2, 2, 3000, 0, 0}, {9500, 3, 2, 3000, 1000, 1},
            {9500, 5, 2, 3000, 3000, 1}
        };
        for (long[] row : rows) {
            Outcome outcome = one(bench, shape, row[1], row[0] * 1000);
            assertThat(outcome.remaining()).as("remaining of %s", row).isEqualTo(row[2]);
            assertThat(outcome.resetMicros()).as("reset of %s", row).isEqualTo(row[3] * 1000);
            assertThat(outcome.retryMicros())
                    .as("retry of %s", row)
                    .isEqualTo(row[4] < 0 ? -1 : row[4] * 1000);
            assertThat(outcome.exceeded()).as("exceeded of %s", row).isEqualTo(row[5] == 1);
        }
    }

    /** P2: who waits as told is admitted at once, and one microsecond earlier is not. */
    @ParameterizedTest
    @CsvSource({"3,1", "7,60", "10,1", "999,86400", "1,3600"})
    void retry_waited_isAdmitted(long tokens, long seconds) {
        Bench bench = bench();
        BucketShape shape = shape(4, tokens, Duration.ofSeconds(seconds));
        long now = 5;
        one(bench, shape, 4, now);
        for (int i = 0; i < 20; i++) {
            long wait = one(bench, shape, 1, now).retryMicros();
            assertThat(step(bench, shape, 1, now + wait - 1).granted()).isZero();
            assertThat(step(bench, shape, 1, now + wait).granted()).isEqualTo(1);
            now += wait;
        }
    }

    /** P2 in the whole seconds of Retry-After, for random sizes, costs and moments. */
    @Test
    void retryAfter_waited_isAdmitted_andASecondEarlierIsNot() {
        long seed = 20_261_124;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            Bench bench = bench();
            long capacity = random.nextLong(1, 50);
            long period = random.nextLong(1, 5 * SECOND);
            BucketShape shape = BucketShape.of(capacity, random.nextLong(1, 4), period);
            long cost = random.nextLong(1, capacity + 1);
            long start = random.nextLong(YEAR);
            String name = "r" + round;
            take(bench, name, shape, capacity, start);
            long now = start + random.nextLong(Math.min(shape.fillMicros(), 60 * SECOND));
            Step denied = take(bench, name, shape, cost, now);
            if (denied.granted() == 0) {
                long wait = (denied.outcomes().get(0).retryMicros() + SECOND - 1) / SECOND;
                String seen = "seed " + seed + ", round " + round;
                assertThat(take(bench, name, shape, cost, now + (wait - 1) * SECOND).granted())
                        .as(seen)
                        .isZero();
                assertThat(take(bench, name, shape, cost, now + wait * SECOND).granted())
                        .as(seen)
                        .isEqualTo(1);
            }
        }
    }

    private static Step take(Bench bench, String name, BucketShape shape, long cost, long now) {
        return bench.step(List.of(name), List.of(new Slot(shape, null, cost, true)), 1, now);
    }

    /** P4 */
    @Test
    void several_oneDenies_noneIsDebited() {
        Bench bench = bench();
        BucketShape big = shape(100, 1, Duration.ofSeconds(1));
        BucketShape small = shape(1, 1, Duration.ofSeconds(1));
        List<String> names = List.of("big", "small");
        List<Slot> slots = List.of(new Slot(big, null, 1, true), new Slot(small, null, 1, true));
        assertThat(bench.step(names, slots, 1, 0).granted()).isEqualTo(1);
        BucketState bigBefore = bench.state("big");
        BucketState smallBefore = bench.state("small");
        Step denied = bench.step(names, slots, 1, 400_000);
        assertThat(denied.granted()).isZero();
        assertThat(denied.outcomes().get(0).exceeded()).isFalse();
        assertThat(denied.outcomes().get(1).exceeded()).isTrue();
        assertThat(bench.state("big")).isEqualTo(bigBefore);
        assertThat(bench.state("small")).isEqualTo(smallBefore);
    }

    @Test
    void several_shadowLacks_isReportedAndStopsNothing() {
        Bench bench = bench();
        List<String> names = List.of("real", "shadow");
        List<Slot> slots =
                List.of(
                        new Slot(shape(5, 1, Duration.ofSeconds(1)), null, 1, true),
                        new Slot(shape(1, 1, Duration.ofSeconds(1)), null, 1, false));
        bench.step(names, slots, 1, 0);
        Step second = bench.step(names, slots, 1, 0);
        assertThat(second.granted()).isEqualTo(1);
        assertThat(second.outcomes().get(0).remaining()).isEqualTo(3);
        assertThat(second.outcomes().get(1).exceeded()).isTrue();
        assertThat(second.outcomes().get(1).remaining()).isZero();
    }

    @Test
    void permits_moreThanThereAre_grantsWhatThereIs() {
        Bench bench = bench();
        BucketShape shape = shape(10, 1, Duration.ofSeconds(1));
        Step step = bench.step(List.of("a"), List.of(new Slot(shape, null, 3, true)), 5, 0);
        assertThat(step.granted()).isEqualTo(3);
        Outcome outcome = step.outcomes().get(0);
        assertThat(outcome.remaining()).isEqualTo(1);
        assertThat(outcome.exceeded()).isTrue();
        assertThat(outcome.retryMicros()).isEqualTo(2 * SECOND);
    }

    @Test
    void permits_otherBucketIsShort_retryIsNow() {
        Bench bench = bench();
        BucketShape shape = shape(10, 1, Duration.ofSeconds(1));
        BucketShape small = shape(1, 1, Duration.ofSeconds(1));
        Step step =
                bench.step(
                        List.of("a", "b"),
                        List.of(new Slot(shape, null, 3, true), new Slot(small, null, 1, true)),
                        5,
                        0);
        assertThat(step.granted()).isEqualTo(1);
        assertThat(step.outcomes().get(0).retryMicros()).isZero();
        assertThat(step.outcomes().get(1).retryMicros()).isEqualTo(SECOND);
    }

    @Test
    void permits_givenBack_fillToTheCapacityAtMost() {
        Bench bench = bench();
        BucketShape shape = shape(10, 1, Duration.ofSeconds(1));
        one(bench, shape, 5, 0);
        Slot slot = new Slot(shape, null, 3, true);
        assertThat(bench.step(List.of("a"), List.of(slot), -1, 0).outcomes().get(0).remaining())
                .isEqualTo(8);
        assertThat(bench.step(List.of("a"), List.of(slot), -1, 0).outcomes().get(0).remaining())
                .isEqualTo(10);
    }
}
