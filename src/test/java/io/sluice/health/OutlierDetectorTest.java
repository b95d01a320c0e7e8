package io.sluice.health;

import static io.sluice.health.OutlierStatus.Phase.EJECTED;
import static io.sluice.health.OutlierStatus.Phase.GONE;
import static io.sluice.health.OutlierStatus.Phase.IN_SERVICE;
import static io.sluice.health.OutlierStatus.Phase.TRIAL_OPEN;
import static io.sluice.health.OutlierStatus.Phase.TRIAL_OUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.upstream.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OutlierDetectorTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final List<String> changes = new ArrayList<>();
    private final OutlierDetector detector =
            new OutlierDetector(
                    OutlierSettings.DEFAULT,
                    (id, status) -> changes.add(id + " " + status.phase()));

    /** Near the wrap, as nanoTime may be. */
    private long now = Long.MAX_VALUE - 10 * SECOND;

    @Test
    void onOutcome_fourFailuresInARow_staysInService() {
        among(4);
        fail("e0", 4);
        assertThat(phase("e0")).isEqualTo(IN_SERVICE);
        assertThat(detector.mayTry("e0", now)).isTrue();
        assertThat(changes).isEmpty();
    }

    @Test
    void onOutcome_fiveFailuresInARow_ejectsForThirtySeconds() {
        among(4);
        fail("e0", 5);
        assertThat(phase("e0")).isEqualTo(EJECTED);
        assertThat(detector.ejected()).isEqualTo(1);
        assertThat(detector.mayTry("e0", now)).isFalse();
        assertThat(changes).containsExactly("e0 EJECTED");
        assertThat(status("e0").usable()).isFalse();
        assertThat(status("e0").untilNanos() - now).isEqualTo(30 * SECOND);
        assertThat(status("e0").cause()).isEqualTo(Outcome.SERVER_ERROR);
    }

    @ParameterizedTest
    @EnumSource(
            value = Outcome.class,
            names = {"SERVER_ERROR", "CONNECT_ERROR", "TIMEOUT", "BROKEN"})
    void onOutcome_everyKindOfFailure_counts(Outcome failure) {
        among(2);
        for (int i = 0; i < 5; i++) {
            detector.onOutcome("e0", failure, now);
        }
        assertThat(status("e0").cause()).isEqualTo(failure);
    }

    @Test
    void onOutcome_successBetween_startsTheCountAfresh() {
        among(4);
        fail("e0", 4);
        detector.onOutcome("e0", Outcome.SUCCESS, now);
        fail("e0", 4);
        assertThat(phase("e0")).isEqualTo(IN_SERVICE);
        fail("e0", 1);
        assertThat(phase("e0")).isEqualTo(EJECTED);
    }

    @Test
    void onOutcome_cancelled_neitherCountsNorResets() {
        among(4);
        fail("e0", 4);
        detector.onOutcome("e0", Outcome.CANCELLED, now);
        assertThat(phase("e0")).isEqualTo(IN_SERVICE);
        fail("e0", 1);
        assertThat(phase("e0")).isEqualTo(EJECTED);
    }

    @Test
    void onOutcome_whileEjected_isIgnored() {
        among(4);
        fail("e0", 5);
        OutlierStatus ejected = status("e0");
        fail("e0", 5);
        detector.onOutcome("e0", Outcome.SUCCESS, now);
        detector.onOutcome("e0", Outcome.CANCELLED, now);
        assertThat(status("e0")).isSameAs(ejected);
    }

    @Test
    void onOutcome_unknownEndpoint_isIgnored() {
        among(2);
        fail("other", 10);
        assertThat(detector.status("other")).isNull();
        assertThat(detector.mayTry("other", now)).isTrue();
        assertThat(detector.ejected()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 1", "3, 1", "4, 2", "5, 2", "10, 5", "100, 50"})
    void onOutcome_allFail_atMostHalfIsOutAndNeverTheOnlyOne(int size, int most) {
        among(size);
        for (int i = 0; i < size; i++) {
            fail("e" + i, 20);
        }
        assertThat(detector.ejected()).isEqualTo(most);
    }

    @Test
    void onOutcome_roomAgain_nextFailureEjects() {
        among(2);
        fail("e0", 5);
        fail("e1", 9);
        assertThat(phase("e1")).isEqualTo(IN_SERVICE);
        bringBack("e0");
        fail("e1", 1);
        assertThat(phase("e1")).isEqualTo(EJECTED);
    }

    @Test
    void mayTry_ejectionOver_isTrueOnceUntilItsOutcome() {
        among(2);
        fail("e0", 5);
        now += 30 * SECOND - 1;
        assertThat(detector.mayTry("e0", now)).isFalse();
        now += 1;
        assertThat(detector.mayTry("e0", now)).isTrue();
        assertThat(detector.mayTry("e0", now)).isFalse();
        assertThat(phase("e0")).isEqualTo(TRIAL_OUT);
        assertThat(status("e0").usable()).isFalse();
        detector.onOutcome("e0", Outcome.SUCCESS, now);
        assertThat(phase("e0")).isEqualTo(IN_SERVICE);
        assertThat(detector.mayTry("e0", now)).isTrue();
        assertThat(detector.mayTry("e0", now)).isTrue();
        assertThat(detector.ejected()).isZero();
        assertThat(changes).containsExactly("e0 EJECTED", "e0 TRIAL_OUT", "e0 IN_SERVICE");
    }

    @Test
    void mayTry_trialFails_ejectsForTwiceAsLongUpToTheCap() {
        among(2);
        fail("e0", 5);
        for (int seconds : new int[] {60, 120, 240, 300, 300}) {
            now += status("e0").untilNanos() - now;
            assertThat(detector.mayTry("e0", now)).isTrue();
            fail("e0", 1);
            assertThat(phase("e0")).isEqualTo(EJECTED);
            assertThat(status("e0").untilNanos() - now).isEqualTo(seconds * SECOND);
            assertThat(detector.ejected()).isEqualTo(1);
        }
    }

    @Test
    void mayTry_trialCancelled_opensItForAnother() {
        among(2);
        fail("e0", 5);
        now += 30 * SECOND;
        assertThat(detector.mayTry("e0", now)).isTrue();
        detector.onOutcome("e0", Outcome.CANCELLED, now);
        assertThat(phase("e0")).isEqualTo(TRIAL_OPEN);
        assertThat(status("e0").usable()).isTrue();
        assertThat(detector.mayTry("e0", now)).isTrue();
        assertThat(detector.mayTry("e0", now)).isFalse();
    }

    @Test
    void tick_ejectionOver_opensTheTrial() {
        among(2);
        fail("e0", 5);
        now += 30 * SECOND - 1;
        detector.tick(now);
        assertThat(phase("e0")).isEqualTo(EJECTED);
        now += 1;
        detector.tick(now);
        assertThat(phase("e0")).isEqualTo(TRIAL_OPEN);
        assertThat(detector.ejected()).isEqualTo(1);
        assertThat(detector.mayTry("e0", now)).isTrue();
        assertThat(detector.mayTry("e0", now)).isFalse();
    }

    @Test
    void tick_trialWithoutOutcome_opensItAgainAfterABaseEjection() {
        among(2);
        fail("e0", 5);
        now += 30 * SECOND;
        assertThat(detector.mayTry("e0", now)).isTrue();
        now += 30 * SECOND - 1;
        detector.tick(now);
        assertThat(phase("e0")).isEqualTo(TRIAL_OUT);
        now += 1;
        detector.tick(now);
        assertThat(phase("e0")).isEqualTo(TRIAL_OPEN);
    }

    @Test
    void onOutcome_lateOutcomeDuringOpenTrial_decidesIt() {
        among(4);
        fail("e0", 5);
        fail("e1", 5);
        now += 30 * SECOND;
        detector.tick(now);
        detector.onOutcome("e0", Outcome.SUCCESS, now);
        fail("e1", 1);
        assertThat(phase("e0")).isEqualTo(IN_SERVICE);
        assertThat(phase("e1")).isEqualTo(EJECTED);
    }

    @Test
    void onOutcome_failsSoonAfterReturn_isEjectedForLonger() {
        among(2);
        fail("e0", 5);
        bringBack("e0");
        now += 29 * SECOND;
        fail("e0", 5);
        assertThat(status("e0").untilNanos() - now).isEqualTo(60 * SECOND);
    }

    @Test
    void onOutcome_failsAfterGoodService_countsFewerEjections() {
        among(2);
        fail("e0", 5);
        bringBack("e0");
        now += 30 * SECOND;
        fail("e0", 5);
        assertThat(status("e0").untilNanos() - now).isEqualTo(30 * SECOND);
        assertThat(status("e0").times()).isEqualTo(1);
    }

    @Test
    void endpoints_changed_knownOnesKeepTheirStateAndGoneOnesGiveBackTheirSlot() {
        among(4);
        fail("e0", 5);
        fail("e1", 5);
        fail("e2", 4);
        OutlierStatus ejected = status("e1");
        detector.endpoints(List.of("e1", "e2", "e3", "e4"), now);
        assertThat(detector.status("e0")).isNull();
        assertThat(status("e1")).isSameAs(ejected);
        assertThat(detector.ejected()).isEqualTo(1);
        fail("e2", 1);
        assertThat(phase("e2")).isEqualTo(EJECTED);
    }

    @Test
    void endpoints_shrunk_bringsBackThoseThatEndFirst() {
        among(10);
        for (int i = 0; i < 5; i++) {
            fail("e" + i, 5);
            now += SECOND;
        }
        detector.endpoints(List.of("e0", "e1", "e2", "e3"), now);
        assertThat(detector.ejected()).isEqualTo(2);
        assertThat(List.of(phase("e0"), phase("e1"), phase("e2"), phase("e3")))
                .containsExactly(IN_SERVICE, IN_SERVICE, EJECTED, EJECTED);
        detector.endpoints(List.of("e3"), now);
        assertThat(phase("e3")).isEqualTo(IN_SERVICE);
        assertThat(detector.ejected()).isZero();
    }

    @Test
    void slots_release_isCountedAgainstTheBound() {
        EjectionSlots slots = new EjectionSlots();
        assertThat(slots.tryTake()).isFalse();
        slots.most(2);
        assertThat(slots.tryTake()).isTrue();
        assertThat(slots.tryTake()).isTrue();
        assertThat(slots.tryTake()).isFalse();
        slots.most(1);
        assertThat(slots.overfull()).isTrue();
        slots.release();
        assertThat(slots.overfull()).isFalse();
        assertThat(slots.tryTake()).isFalse();
        assertThat(slots.taken()).isEqualTo(1);
    }

    /** Requests, ticks and membership changes at once: never more out than may be, none lost. */
    @RepeatedTest(5)
    void onOutcome_fourThreads_neverMoreOutThanTheShare(RepetitionInfo repetition)
            throws Exception {
        long seed = 20261124L + 10 * repetition.getCurrentRepetition();
        int size = 10;
        AtomicInteger transitions = new AtomicInteger();
        AtomicInteger worst = new AtomicInteger();
        OutlierSettings settings =
                new OutlierSettings(2, Duration.ofNanos(50), Duration.ofNanos(400), 50);
        OutlierDetector shared =
                new OutlierDetector(settings, (id, status) -> transitions.incrementAndGet());
        List<String> ids = IntStream.range(0, size).mapToObj(i -> "e" + i).toList();
        shared.endpoints(ids, 0);
        AtomicInteger clock = new AtomicInteger();
        Outcome[] outcomes = Outcome.values();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                SplittableRandom random = new SplittableRandom(seed + t);
                boolean control = t == 0;
                tasks.add(
                        () -> {
                            for (int i = 0; i < 100_000; i++) {
                                String id = ids.get(random.nextInt(size));
                                long time = clock.incrementAndGet();
                                if (control && i % 100 == 0) {
                                    shared.tick(time);
                                }
                                if (control && i % 1_000 == 0) {
                                    shared.endpoints(ids.subList(0, i % 2_000 == 0 ? 6 : 10), time);
                                }
                                if (shared.mayTry(id, time)) {
                                    Outcome outcome = outcomes[random.nextInt(outcomes.length)];
                                    shared.onOutcome(id, outcome, time);
                                }
                                worst.accumulateAndGet(shared.ejected(), Math::max);
                            }
                            return null;
                        });
            }
            for (Future<Void> done : threads.invokeAll(tasks)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(worst.get()).as("seed %d", seed).isBetween(1, 5);
        assertThat(transitions.get()).as("transitions, seed %d", seed).isGreaterThan(1_000);
        long outNow = ids.stream().map(shared::status).filter(s -> s != null && s.out()).count();
        assertThat((long) shared.ejected()).as("seed %d", seed).isEqualTo(outNow);
        for (String id : ids) {
            long late = clock.get() + 1_000_000L;
            shared.tick(late);
            shared.onOutcome(id, Outcome.SUCCESS, late);
        }
        assertThat(shared.ejected()).as("all back, seed %d", seed).isZero();
    }

    @Test
    void status_removedDuringADecision_isFinal() {
        among(2);
        fail("e0", 5);
        OutlierStatus gone = status("e0").to(GONE, now);
        assertThat(gone.usable()).isFalse();
        assertThat(gone.out()).isFalse();
    }

    private void among(int size) {
        detector.endpoints(IntStream.range(0, size).mapToObj(i -> "e" + i).toList(), now);
    }

    private void fail(String id, int times) {
        for (int i = 0; i < times; i++) {
            detector.onOutcome(id, Outcome.SERVER_ERROR, now);
        }
    }

    private void bringBack(String id) {
        now += status(id).untilNanos() - now;
        assertThat(detector.mayTry(id, now)).isTrue();
        detector.onOutcome(id, Outcome.SUCCESS, now);
    }

    private OutlierStatus status(String id) {
        return Objects.requireNonNull(detector.status(id));
    }

    private OutlierStatus.Phase phase(String id) {
        return status(id).phase();
    }
}
