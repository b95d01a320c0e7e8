package io.sluice.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitingTest {

    @Test
    void meanAge_ofNothing_zero() {
        assertThat(Waiting.meanAgeNanos(0, 1_000_000)).isZero();
        assertThat(Waiting.count(0)).isZero();
    }

    @Test
    void meanAge_ofAStartAheadOfTheReader_notPositive() {
        assertThat(Waiting.meanAgeNanos(Waiting.one(5_000_000), 1_000_000)).isNegative();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MAX_VALUE - 50_000_000_000L, Long.MIN_VALUE, 1L << 58})
    void meanAge_whateverTheClocksOrigin_isTheMean(long origin) {
        SplittableRandom random = new SplittableRandom(origin);
        Deque<Long> starts = new ArrayDeque<>();
        long word = 0;
        long now = origin;
        for (int i = 0; i < 1_000; i++) {
            now += random.nextLong(TimeUnit.MILLISECONDS.toNanos(20));
            if (random.nextInt(5) < 3) {
                word += Waiting.one(now);
                starts.add(now);
            } else if (!starts.isEmpty()) {
                word -= Waiting.one(starts.removeFirst());
            }
            long reader = now;
            double mean = starts.stream().mapToLong(s -> reader - s).average().orElse(0);
            assertThat(Waiting.count(word)).isEqualTo(starts.size());
            assertThat((double) Waiting.meanAgeNanos(word, now))
                    .as("origin %d, step %d", origin, i)
                    .isCloseTo(mean, within(2.0 * (1 << Waiting.TICK_SHIFT)));
        }
    }

    @Test
    void meanAge_ofManyLongWaits_doesNotOverflow() {
        long word = 0;
        for (int i = 0; i < 100_000; i++) {
            word += Waiting.one(0);
        }
        long hour = TimeUnit.HOURS.toNanos(1) / 10;

        assertThat((double) Waiting.meanAgeNanos(word, hour)).isCloseTo(hour, within(hour * 1e-6));
        assertThat(Waiting.count(word)).isEqualTo(100_000);
    }
}
