package io.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final long SEED = 20261124L;
    private static final Duration BASE = Duration.ofMillis(25);
    private static final Duration MAX = Duration.ofMillis(250);

    @Test
    void delay_everyRetry_isBelowTheDoublingBoundAndReachesMostOfIt() {
        Backoff backoff = new Backoff(BASE, MAX, new SplittableRandom(SEED));
        long[] boundsMillis = {25, 50, 100, 200, 250, 250};
        for (int retry = 1; retry <= boundsMillis.length; retry++) {
            Duration bound = Duration.ofMillis(boundsMillis[retry - 1]);
            Duration longest = Duration.ZERO;
            for (int i = 0; i < 1_000; i++) {
                Duration delay = backoff.delay(retry);
                assertThat(delay).as("seed %d", SEED).isBetween(Duration.ZERO, bound);
                longest = delay.compareTo(longest) > 0 ? delay : longest;
            }
            assertThat(longest)
                    .as("seed %d", SEED)
                    .isGreaterThan(bound.multipliedBy(9).dividedBy(10));
        }
    }

    @Test
    void delay_manyRetries_neverOverflows() {
        Backoff backoff = new Backoff(BASE, Duration.ofDays(100_000), new SplittableRandom(SEED));
        assertThat(backoff.delay(Integer.MAX_VALUE)).isPositive();
        assertThat(backoff.delay(0)).isLessThan(BASE);
    }

    @Test
    void delay_zeroBase_isZero() {
        Backoff backoff = new Backoff(Duration.ZERO, MAX, new SplittableRandom(SEED));
        assertThat(backoff.delay(1)).isZero();
        assertThat(backoff.delay(5)).isZero();
    }

    @Test
    void delay_sameSeed_isTheSame() {
        Backoff one = new Backoff(BASE, MAX, new SplittableRandom(SEED));
        Backoff other = new Backoff(BASE, MAX, new SplittableRandom(SEED));
        assertThat(one.delay(3)).isEqualTo(other.delay(3));
    }

    @Test
    void new_contradiction_isRefused() {
        SplittableRandom random = new SplittableRandom(SEED);
        assertThatThrownBy(() -> new Backoff(MAX, BASE, random))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("base, max: PT0.25S, PT0.025S (expected: 0 <= base <= max)");
        assertThatThrownBy(() -> new Backoff(Duration.ofMillis(-1), MAX, random))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
