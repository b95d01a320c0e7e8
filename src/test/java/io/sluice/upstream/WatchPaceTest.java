package io.sluice.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.upstream.WatchPace.Trouble;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatchPaceTest {

    private static final long SECOND = 1_000_000_000L;

    private final WatchPace pace = new WatchPace(new SplittableRandom(1));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void ended_nothingHeard_doublesUpToThirtySecondsAndJitters(long seed) {
        WatchPace seeded = new WatchPace(new SplittableRandom(seed));
        long bound = Duration.ofMillis(200).toNanos();
        for (int i = 0; i < 20; i++) {
            assertThat(seeded.ended(0).toNanos())
                    .as("seed %d, round %d", seed, i)
                    .isBetween(bound / 2, bound - 1);
            bound = Math.min(bound * 2, 30 * SECOND);
        }
    }

    @Test
    void ended_afterAnEvent_isShortAgain() {
        for (int i = 0; i < 10; i++) {
            pace.ended(0);
        }
        pace.opened(0);
        pace.heard();

        assertThat(pace.ended(0)).isLessThan(Duration.ofMillis(200));
        assertThat(pace.ended(0))
                .as("the next without")
                .isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }

    @Test
    void ended_afterAWatchThatLasted_isShortAgain() {
        for (int i = 0; i < 10; i++) {
            pace.ended(0);
        }
        long near = Long.MAX_VALUE - SECOND; // the clock's origin is arbitrary: it may wrap
        pace.opened(near);
        assertThat(pace.ended(near + 9 * SECOND)).isGreaterThan(Duration.ofSeconds(10));
        pace.opened(near);
        assertThat(pace.ended(near + 10 * SECOND)).isLessThan(Duration.ofMillis(200));
    }

    @Test
    void failed_sameTrouble_isNewsOnce() {
        assertThat(pace.failed(Trouble.UNREACHABLE)).isTrue();
        assertThat(pace.failed(Trouble.UNREACHABLE)).isFalse();
        assertThat(pace.opened(0)).as("told when over").isTrue();
        assertThat(pace.opened(0)).isFalse();
        assertThat(pace.failed(Trouble.UNREACHABLE)).isTrue();
    }

    @Test
    void failed_unreadable_isOverWhenSomethingReadableComes() {
        pace.failed(Trouble.UNREADABLE);
        assertThat(pace.opened(0)).isFalse();
        assertThat(pace.failed(Trouble.UNREADABLE)).isFalse();
        assertThat(pace.heard()).isTrue();
        assertThat(pace.heard()).isFalse();
    }

    @Test
    void isOpen_fromAcceptedToEnded() {
        assertThat(pace.isOpen()).isFalse();
        pace.opened(0);
        assertThat(pace.isOpen()).isTrue();
        pace.ended(0);
        assertThat(pace.isOpen()).isFalse();
    }
}
