package io.sluice.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LeaseTest {

    private static final long NOW = 123_456_789_000L;

    private final EndpointState state = new EndpointState("10.0.0.1:80");

    @Test
    void acquire_counts() {
        Lease lease = state.acquire(NOW);

        assertThat(lease.state()).isSameAs(state);
        assertThat(lease.startNanos()).isEqualTo(NOW);
        assertThat(state.id()).isEqualTo("10.0.0.1:80");
        assertThat(state.inFlight()).isEqualTo(1);
        assertThat(state.waiting()).isEqualTo(1);
        assertThat(state.picks()).isEqualTo(1);
        assertThat(state.total().get()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void release_twice_countsOnce(Outcome outcome) {
        Lease lease = state.acquire(NOW);

        assertThat(lease.release(outcome, NOW + ms(5), 0)).isTrue();
        assertThat(lease.release(Outcome.BROKEN, NOW + ms(6), ms(900))).isFalse();

        assertThat(state.inFlight()).isZero();
        assertThat(state.waiting()).isZero();
        assertThat(state.total().get()).isZero();
        assertThat(state.picks()).isEqualTo(1);
        assertThat(state.failures()).isEqualTo(outcome.failure() ? 1 : 0);
        assertThat(state.responseTimeNanos(NOW + ms(5))).isBetween(ms(5) - 1, ms(5) + 1);
    }

    @Test
    void responseStarted_booksTheTimeToTheHeadAtOnce() {
        Lease lease = state.acquire(NOW);

        lease.responseStarted(NOW + ms(20));

        assertThat(state.responseTimeNanos(NOW + ms(20))).isEqualTo(ms(20));
        assertThat(state.waiting()).isZero();
        assertThat(state.inFlight()).isEqualTo(1);
        assertThat(lease.release(Outcome.SUCCESS, NOW + ms(900), 0)).isTrue();
        assertThat(state.responseTimeNanos(NOW + ms(900))).isLessThan(ms(20));
    }

    @Test
    void responseStarted_twice_countsOnce() {
        Lease lease = state.acquire(NOW);
        lease.responseStarted(NOW + ms(20));

        lease.responseStarted(NOW + ms(800));

        assertThat(state.waiting()).isZero();
        assertThat(state.responseTimeNanos(NOW + ms(20))).isEqualTo(ms(20));
    }

    @Test
    void responseStarted_afterRelease_doesNothing() {
        Lease lease = state.acquire(NOW);
        lease.release(Outcome.CANCELLED, NOW + ms(1), 0);

        lease.responseStarted(NOW + ms(800));

        assertThat(state.waiting()).isZero();
        assertThat(state.inFlight()).isZero();
        assertThat(state.responseTimeNanos(NOW + ms(1))).isBetween(ms(1) - 1, ms(1) + 1);
    }

    @Test
    void release_fastFailure_booksThePenalty() {
        state.acquire(NOW).release(Outcome.SERVER_ERROR, NOW + ms(1), ms(5000));

        assertThat(state.responseTimeNanos(NOW + ms(1))).isEqualTo(ms(5000));
    }

    @Test
    void release_slowFailure_booksItsTime() {
        state.acquire(NOW).release(Outcome.TIMEOUT, NOW + ms(30_000), ms(5000));

        assertThat(state.responseTimeNanos(NOW + ms(30_000))).isBetween(ms(29_999), ms(30_001));
    }

    @Test
    void release_failureAfterTheHead_booksThePenaltyAlone() {
        Lease lease = state.acquire(NOW);
        lease.responseStarted(NOW + ms(10));

        lease.release(Outcome.BROKEN, NOW + ms(600_000), ms(5000));

        assertThat(state.responseTimeNanos(NOW + ms(600_000))).isEqualTo(ms(5000));
    }

    @Test
    void release_failureAfterTheHeadWithoutPenalty_booksNothing() {
        Lease lease = state.acquire(NOW);
        lease.responseStarted(NOW + ms(10));

        lease.release(Outcome.BROKEN, NOW + ms(10), 0);

        assertThat(state.responseTimeNanos(NOW + ms(10))).isEqualTo(ms(10));
        assertThat(state.failures()).isEqualTo(1);
    }

    @Test
    void release_cancelBelowTheEstimate_booksNothing() {
        state.acquire(NOW).release(Outcome.SUCCESS, NOW + ms(100), 0);

        state.acquire(NOW + ms(90)).release(Outcome.CANCELLED, NOW + ms(100), 0);

        assertThat(state.responseTimeNanos(NOW + ms(100))).isBetween(ms(99), ms(101));
    }

    @Test
    void release_cancelAboveTheEstimate_booksItsTime() {
        state.acquire(NOW).release(Outcome.SUCCESS, NOW + ms(100), 0);

        state.acquire(NOW).release(Outcome.CANCELLED, NOW + ms(900), 0);

        assertThat(state.responseTimeNanos(NOW + ms(900))).isBetween(ms(899), ms(901));
    }

    @Test
    void release_cancelAfterTheHead_booksNothing() {
        Lease lease = state.acquire(NOW);
        lease.responseStarted(NOW + ms(10));

        lease.release(Outcome.CANCELLED, NOW + ms(10), 0);

        assertThat(state.responseTimeNanos(NOW + ms(10))).isEqualTo(ms(10));
    }

    @Test
    void meanWaiting_countsOnlyWhatHasNoAnswer() {
        Lease answered = state.acquire(NOW);
        state.acquire(NOW + ms(50));
        answered.responseStarted(NOW + ms(60));

        assertThat((double) state.meanWaitingNanos(NOW + ms(250)))
                .isBetween((double) ms(199), (double) ms(201));
    }

    @Test
    void expected_whicheverIsLonger_estimateOrAge() {
        assertThat(state.expectedNanos(NOW)).isNegative();
        state.acquire(NOW - ms(30)).release(Outcome.SUCCESS, NOW, 0);
        assertThat((double) state.expectedNanos(NOW)).isEqualTo(ms(30));

        state.acquire(NOW);
        state.acquire(NOW);

        assertThat((double) state.expectedNanos(NOW + ms(20)))
                .isCloseTo(ms(30) * Math.exp(-0.002), within(1e5));
        assertThat((double) state.expectedNanos(NOW + ms(250))).isCloseTo(ms(250), within(1e5));
    }

    @Test
    void streaming_hours_isInFlightAndNoResponseTime() {
        Lease stream = state.acquire(NOW);
        state.acquire(NOW).responseStarted(NOW + ms(10));

        stream.streaming();

        assertThat(state.inFlight()).isEqualTo(2);
        assertThat(state.waiting()).isZero();
        long later = NOW + TimeUnit.HOURS.toNanos(1);
        assertThat(state.meanWaitingNanos(later)).isZero();
        stream.responseStarted(later);
        assertThat(stream.release(Outcome.SUCCESS, later, 0)).isTrue();
        assertThat(state.inFlight()).isEqualTo(1);
        assertThat(state.responseTimeNanos(NOW + ms(10))).isEqualTo(ms(10));
    }

    @Test
    void streaming_afterRelease_doesNothing() {
        Lease lease = state.acquire(NOW);
        lease.release(Outcome.CANCELLED, NOW + ms(1), 0);

        lease.streaming();

        assertThat(state.waiting()).isZero();
    }

    private static long ms(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
