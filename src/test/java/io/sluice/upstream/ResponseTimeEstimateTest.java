package io.sluice.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseTimeEstimateTest {

    private static final long START = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(30);

    @Test
    void nanos_withoutSample_unknown() {
        assertThat(ResponseTimeEstimate.nanos(ResponseTimeEstimate.UNKNOWN, START)).isEqualTo(-1);
    }

    @Test
    void sampled_first_isTheEstimate() {
        long estimate = ResponseTimeEstimate.sampled(ResponseTimeEstimate.UNKNOWN, ms(30), START);

        assertThat(ResponseTimeEstimate.nanos(estimate, START)).isEqualTo(ms(30));
    }

    @Test
    void sampled_higher_jumpsToThePeak() {
        long estimate = ResponseTimeEstimate.sampled(ResponseTimeEstimate.UNKNOWN, ms(30), START);

        estimate = ResponseTimeEstimate.sampled(estimate, ms(2000), START + ms(1));

        assertThat(ResponseTimeEstimate.nanos(estimate, START + ms(1))).isEqualTo(ms(2000));
    }

    @Test
    void sampled_lowerAfterHalfOfTau_mixesByTheExponential() {
        long estimate = ResponseTimeEstimate.sampled(ResponseTimeEstimate.UNKNOWN, ms(2000), START);
        long later = START + TimeUnit.SECONDS.toNanos(5);

        estimate = ResponseTimeEstimate.sampled(estimate, ms(10), later);

        double keep = Math.exp(-0.5);
        double expected = ms(2000) * keep + ms(10) * (1 - keep);
        assertThat((double) ResponseTimeEstimate.nanos(estimate, later))
                .isCloseTo(expected, within(expected * 0.001));
    }

    @Test
    void sampled_lowerWithinOneTick_changesNothing() {
        long estimate = ResponseTimeEstimate.sampled(ResponseTimeEstimate.UNKNOWN, ms(100), START);

        assertThat(ResponseTimeEstimate.sampled(estimate, ms(1), START + 1000)).isEqualTo(estimate);
    }

    @Test
    void sampled_byAClockALittleBehind_doesNotFade() {
        long estimate = ResponseTimeEstimate.sampled(ResponseTimeEstimate.UNKNOWN, ms(100), START);

        assertThat(ResponseTimeEstimate.sampled(estimate, ms(1), START - ms(500)))
                .isEqualTo(estimate);
        assertThat(ResponseTimeEstimate.nanos(estimate, START - ms(500))).isEqualTo(ms(100));
    }

    @Test
    void nanos_withoutSamples_fadesExponentially() {
        long estimate = ResponseTimeEstimate.sampled(ResponseTimeEstimate.UNKNOWN, ms(100), START);

        for (int seconds = 1; seconds < 100; seconds++) {
            double expected = Math.max(1, ms(100) * Math.exp(-seconds / 10.0));
            assertThat(
                            (double)
                                    ResponseTimeEstimate.nanos(
                                            estimate, START + TimeUnit.SECONDS.toNanos(seconds)))
                    .as("after %d s", seconds)
                    .isCloseTo(expected, within(expected * 0.001 + 1));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {101, 3600, 86_400, 4_000_000})
    void nanos_afterTenTimeConstants_unknown(long seconds) {
        long estimate = ResponseTimeEstimate.sampled(ResponseTimeEstimate.UNKNOWN, ms(100), START);

        assertThat(ResponseTimeEstimate.nanos(estimate, START + TimeUnit.SECONDS.toNanos(seconds)))
                .isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 600})
    void sampled_afterTau_startsAnew(long seconds) {
        long estimate = ResponseTimeEstimate.sampled(ResponseTimeEstimate.UNKNOWN, ms(5000), START);
        long later = START + TimeUnit.SECONDS.toNanos(seconds);

        estimate = ResponseTimeEstimate.sampled(estimate, ms(3), later);

        assertThat(ResponseTimeEstimate.nanos(estimate, later)).isEqualTo(ms(3));
    }

    @ParameterizedTest
    @CsvSource({"5, 1000", "250, 1000", "500, 2000", "2000, 8000", "30000, 10000"})
    void stale_afterFourTimesTheEstimate_withinBounds(long estimateMillis, long limitMillis) {
        EndpointState state = new EndpointState("a:1");
        assertThat(state.responseTimeStale(START)).isTrue();

        state.acquire(START - ms(estimateMillis)).responseStarted(START);

        assertThat(state.responseTimeStale(START + ms(limitMillis - 5))).isFalse();
        assertThat(state.responseTimeStale(START + ms(limitMillis + 5))).isTrue();
    }

    @Test
    void roughNanos_atAnyAge_isNanosWithinAPercentAndAHalf() {
        long estimate = ResponseTimeEstimate.sampled(ResponseTimeEstimate.UNKNOWN, ms(100), START);

        for (long age = -900; age < 99_000; age += 7) {
            double exact = ResponseTimeEstimate.nanos(estimate, START + ms(age));
            assertThat((double) ResponseTimeEstimate.roughNanos(estimate, START + ms(age)))
                    .as("after %d ms", age)
                    .isBetween(exact * 0.999, exact * 1.015 + 1);
        }
    }

    @Test
    void roughNanos_unknownOrFaded_notPositive() {
        long estimate = ResponseTimeEstimate.sampled(ResponseTimeEstimate.UNKNOWN, ms(100), START);

        assertThat(ResponseTimeEstimate.roughNanos(ResponseTimeEstimate.UNKNOWN, START))
                .isNotPositive();
        assertThat(ResponseTimeEstimate.roughNanos(ResponseTimeEstimate.UNKNOWN, 0))
                .isNotPositive();
        assertThat(ResponseTimeEstimate.roughNanos(estimate, START + ms(101_000))).isNegative();
        assertThat(ResponseTimeEstimate.roughNanos(estimate, START - ms(5_000))).isNegative();
    }

    @Test
    void sampled_zero_countsAsOneNanosecond() {
        long estimate = ResponseTimeEstimate.sampled(ResponseTimeEstimate.UNKNOWN, 0, START);

        assertThat(ResponseTimeEstimate.nanos(estimate, START)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void sampled_manySamples_followsTheFormulaInDoubles(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long now = START;
        long estimate = ResponseTimeEstimate.UNKNOWN;
        double exact = -1;
        for (int i = 0; i < 2_000; i++) {
            long step = random.nextLong(1, 900) << 20;
            now += step;
            double sample = ms(random.nextLong(1, 500));
            double keep = Math.exp(-step / 1e10);
            exact = exact < 0 || sample >= exact ? sample : exact * keep + sample * (1 - keep);
            estimate = ResponseTimeEstimate.sampled(estimate, (long) sample, now);
            assertThat((double) ResponseTimeEstimate.nanos(estimate, now))
                    .as("seed %d, sample %d", seed, i)
                    .isCloseTo(exact, within(exact * 0.001));
        }
    }

    private static long ms(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
