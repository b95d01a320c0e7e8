package io.sluice.lifecycle;

import static io.sluice.lifecycle.DrainState.CLOSED;
import static io.sluice.lifecycle.DrainState.CLOSING_STREAMS;
import static io.sluice.lifecycle.DrainState.DRAINING;
import static io.sluice.lifecycle.DrainState.SERVING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.settings.SettingException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DrainPlanTest {

    private static final int NONE = 0;
    private static final int SOME = 3;

    /** So near its end that every deadline lies past the wrap, as nanoTime's may. */
    private long now = Long.MAX_VALUE - 1;

    private final DrainPlan plan =
            DrainPlan.of("sluice.shutdown.drain", Duration.ofSeconds(5), () -> now);

    @Test
    void state_beforeStart_isServing() {
        plan.arrived();
        passMillis(60_000);
        assertThat(plan.state(SOME)).isEqualTo(SERVING);
        assertThat(plan.accepts(SOME)).isTrue();
        assertThat(plan.closesConnections()).isFalse();
        assertThat(plan.closesStream(1)).isFalse();
        assertThat(plan.forGood()).isFalse();
        assertThat(plan.remainingNanos(NONE)).isEqualTo(Duration.ofSeconds(5).toNanos());
    }

    @Test
    void start_traffic_isServedAndToldToClose() {
        assertThat(plan.startForGood()).isTrue();
        assertThat(plan.state(SOME)).isEqualTo(DRAINING);
        assertThat(plan.accepts(SOME)).isTrue();
        assertThat(plan.closesConnections()).isTrue();
    }

    @Test
    void start_nothingArrives_endsAfterTheQuietPeriod() {
        plan.startForGood();
        passMillis(999);
        assertThat(plan.state(NONE)).isEqualTo(DRAINING);
        assertThat(plan.remainingNanos(NONE)).isEqualTo(Duration.ofMillis(1).toNanos());
        passMillis(1);
        assertThat(plan.state(NONE)).isEqualTo(CLOSED);
        assertThat(plan.accepts(NONE)).isFalse();
        assertThat(plan.remainingNanos(NONE)).isZero();
        passMillis(60_000);
        assertThat(plan.state(NONE)).isEqualTo(CLOSED);
        assertThat(plan.remainingNanos(NONE)).isZero();
    }

    @Test
    void arrived_steadyTraffic_lastsForTheWholeDrainAndNoLonger() {
        plan.startForGood();
        for (int millis = 0; millis < 5_000; millis += 100) {
            assertThat(plan.accepts(NONE)).isTrue();
            assertThat(plan.state(NONE)).isEqualTo(millis < 4_000 ? DRAINING : CLOSING_STREAMS);
            plan.arrived();
            passMillis(100);
        }
        assertThat(plan.state(NONE)).isEqualTo(CLOSED);
        assertThat(plan.state(SOME)).isEqualTo(CLOSED);
    }

    @Test
    void arrived_once_endsAQuietPeriodLater() {
        plan.startForGood();
        passMillis(700);
        plan.arrived();
        passMillis(999);
        assertThat(plan.accepts(NONE)).isTrue();
        passMillis(1);
        assertThat(plan.accepts(NONE)).isFalse();
    }

    @Test
    void arrived_afterTheQuietPeriod_doesNotReopen() {
        plan.startForGood();
        passMillis(1_000);
        assertThat(plan.state(SOME)).isEqualTo(CLOSING_STREAMS);
        plan.arrived();
        assertThat(plan.state(SOME)).isEqualTo(CLOSING_STREAMS);
        assertThat(plan.state(NONE)).isEqualTo(CLOSED);
    }

    @Test
    void state_quietWithStreams_takesAFifthOfTheDrainToEndThem() {
        plan.startForGood();
        passMillis(999);
        assertThat(plan.state(SOME)).isEqualTo(DRAINING);
        assertThat(plan.closesStream(0)).isFalse();
        passMillis(1);
        assertThat(plan.state(SOME)).isEqualTo(CLOSING_STREAMS);
        assertThat(plan.accepts(SOME)).isTrue();
        passMillis(1_000);
        assertThat(plan.state(SOME)).isEqualTo(CLOSED);
    }

    @Test
    void closesStream_busyDrain_endsStreamsEvenlyOverTheLastFifth() {
        plan.startForGood();
        keepBusyUntilMillis(4_000);
        int streams = 1_000;
        int before = 0;
        for (int step = 1; step <= 10; step++) {
            passMillis(100);
            int closed = 0;
            for (int stream = 0; stream < streams; stream++) {
                closed += plan.closesStream(stream) ? 1 : 0;
            }
            assertThat(closed - before).isBetween(90, 110);
            before = closed;
        }
        assertThat(before).isEqualTo(streams);
    }

    @Test
    void spreadOffset_anyNumber_isStableAndInsideTheClosingPhase() {
        for (long stream : new long[] {0, 1, 2, 1_000_000, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            long offset = plan.spreadOffsetNanos(stream);
            assertThat(offset).isBetween(0L, Duration.ofSeconds(1).toNanos() - 1);
            assertThat(plan.spreadOffsetNanos(stream)).isEqualTo(offset);
        }
    }

    @Test
    void start_again_changesNothing() {
        assertThat(plan.start()).isTrue();
        passMillis(600);
        assertThat(plan.start()).isFalse();
        assertThat(plan.remainingNanos(NONE)).isEqualTo(Duration.ofMillis(400).toNanos());
    }

    @Test
    void startForGood_again_changesNothing() {
        assertThat(plan.startForGood()).isTrue();
        passMillis(600);
        assertThat(plan.startForGood()).isFalse();
        assertThat(plan.start()).isFalse();
        assertThat(plan.remainingNanos(NONE)).isEqualTo(Duration.ofMillis(400).toNanos());
    }

    @Test
    void takeBack_runningDrain_servesAgainAndMayStartAfresh() {
        plan.start();
        passMillis(10_000);
        assertThat(plan.state(NONE)).isEqualTo(CLOSED);
        assertThat(plan.takeBack()).isTrue();
        assertThat(plan.state(NONE)).isEqualTo(SERVING);
        assertThat(plan.closesConnections()).isFalse();
        assertThat(plan.takeBack()).isFalse();
        assertThat(plan.start()).isTrue();
        assertThat(plan.state(NONE)).isEqualTo(DRAINING);
    }

    @Test
    void takeBack_endingProcess_isRefused() {
        plan.startForGood();
        assertThat(plan.forGood()).isTrue();
        assertThat(plan.takeBack()).isFalse();
        assertThat(plan.state(NONE)).isEqualTo(DRAINING);
    }

    @Test
    void startForGood_duringADrain_keepsTheTimeAlreadyDrained() {
        plan.start();
        assertThat(plan.forGood()).isFalse();
        passMillis(500);
        plan.arrived();
        assertThat(plan.startForGood()).isTrue();
        assertThat(plan.remainingNanos(NONE)).isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(plan.takeBack()).isFalse();
    }

    @Test
    void start_zeroDrain_closesAtOnce() {
        DrainPlan none = DrainPlan.of("p", Duration.ZERO, () -> now);
        none.startForGood();
        assertThat(none.state(SOME)).isEqualTo(CLOSED);
        assertThat(none.closesStream(17)).isTrue();
    }

    @Test
    void start_drainShorterThanQuiet_endsWithTheDrain() {
        DrainPlan brief = DrainPlan.of("p", Duration.ofMillis(500), () -> now);
        brief.startForGood();
        passMillis(499);
        assertThat(brief.state(NONE)).isEqualTo(CLOSING_STREAMS);
        passMillis(1);
        assertThat(brief.state(NONE)).isEqualTo(CLOSED);
    }

    @Test
    void of_outOfRange_isRefused() {
        assertThatThrownBy(
                        () ->
                                DrainPlan.of(
                                        "sluice.shutdown.drain", Duration.ofSeconds(-1), () -> now))
                .isInstanceOf(SettingException.class)
                .hasMessage(
                        "sluice.shutdown.drain: PT-1S (expected: a duration of 0s to 1h, such as"
                                + " 5s)");
        assertThatThrownBy(
                        () -> DrainPlan.of("sluice.shutdown.drain", Duration.ofHours(2), () -> now))
                .isInstanceOf(SettingException.class);
    }

    private void passMillis(long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }

    private void keepBusyUntilMillis(int until) {
        for (int millis = 0; millis < until; millis += 500) {
            plan.arrived();
            passMillis(500);
        }
        plan.arrived();
    }
}
