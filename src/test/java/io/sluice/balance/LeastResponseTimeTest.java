package io.sluice.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.upstream.EndpointSet;
import io.sluice.upstream.EndpointSet.Member;
import io.sluice.upstream.Lease;
import io.sluice.upstream.Outcome;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LeastResponseTimeTest {

    private final Fleet fleet = new Fleet();

    @ParameterizedTest
    @CsvSource({
        "1, 16384",
        "16384, 16384",
        "24575, 16384",
        "24576, 24576",
        "32767, 24576",
        "1000000, 786432",
        "9000000000000000000, 6917529027641081856"
    })
    void classOf_keepsTheTwoLeadingBits(float nanos, float expected) {
        assertThat(LeastResponseTime.classOf(nanos)).isEqualTo(expected);
    }

    @Test
    void pick_knownAndIdle_isTheFaster() {
        Picker picker = picker(fleet.equal(3));
        answer(0, 10);
        answer(1, 30);
        answer(2, 200);

        assertThat(Fleet.counts(picker, 200)).isEqualTo(Map.of(Fleet.id(0), 200));
    }

    @Test
    void pick_nearEquals_share() {
        Picker picker = picker(fleet.equal(2));
        answer(0, 10);
        answer(1, 11);

        Map<String, Integer> counts = Fleet.counts(picker, 10_000);

        assertThat(counts.get(Fleet.id(0))).isBetween(4_850, 5_150);
    }

    @Test
    void pick_fastButBusy_goesToTheSlowerIdle() {
        Picker picker = picker(fleet.equal(2));
        answer(0, 10);
        answer(1, 30);
        for (int i = 0; i < 4; i++) {
            fleet.state(0).acquire(fleet.now.get());
        }

        assertThat(picker.pick(PickRequest.UNKEYED, fleet.now.get()).state().id())
                .isEqualTo(Fleet.id(1));
    }

    @Test
    void pick_weights_divideTheCost() {
        Picker picker = picker(fleet.weighted(1, 4));
        answer(0, 10);
        answer(1, 30);

        assertThat(picker.pick(PickRequest.UNKEYED, fleet.now.get()).state().id())
                .isEqualTo(Fleet.id(1));
    }

    @Test
    void pick_unknown_isProbedOnceWhileTheProbeIsOut() {
        Picker picker = picker(fleet.equal(3));
        answer(0, 10);
        answer(1, 10);
        int probes = 0;
        for (int i = 0; i < 200; i++) {
            Member member = picker.pick(PickRequest.UNKEYED, fleet.now.get());
            member.state().acquire(fleet.now.get());
            probes += member.state().id().equals(Fleet.id(2)) ? 1 : 0;
        }

        assertThat(probes).isEqualTo(1);
        assertThat(fleet.state(0).inFlight()).isBetween(99, 100);
    }

    @Test
    void pick_allUnknownUnderABurst_sharesEvenly() {
        Picker picker = picker(fleet.equal(4));
        for (int i = 0; i < 400; i++) {
            picker.pick(PickRequest.UNKEYED, fleet.now.get()).state().acquire(fleet.now.get());
        }

        for (int i = 0; i < 4; i++) {
            assertThat(fleet.state(i).inFlight()).isEqualTo(100);
        }
    }

    @Test
    void pick_streamsOpenButNothingWaiting_isProbedAgain() {
        Picker picker = picker(fleet.equal(2));
        Lease stream = fleet.state(1).acquire(fleet.now.get());
        stream.responseStarted(fleet.now.addAndGet(ms(5)));
        fleet.now.addAndGet(TimeUnit.MINUTES.toNanos(5));
        answer(0, 10);

        assertThat(picker.pick(PickRequest.UNKEYED, fleet.now.get()).state().id())
                .isEqualTo(Fleet.id(1));
    }

    @Test
    void pick_hangingBeforeItsFirstSlowAnswer_isLeftByAge() {
        Picker picker = picker(fleet.equal(2));
        answer(0, 10);
        answer(1, 10);
        fleet.state(1).acquire(fleet.now.get());
        fleet.state(0).acquire(fleet.now.get());
        fleet.now.addAndGet(ms(9));
        int hanging = 0;
        for (int i = 0; i < 1_000; i++) {
            fleet.now.addAndGet(ms(1));
            Member member = picker.pick(PickRequest.UNKEYED, fleet.now.get());
            Lease lease = member.state().acquire(fleet.now.get());
            if (member.state().id().equals(Fleet.id(1))) {
                hanging++;
            } else {
                lease.responseStarted(fleet.now.addAndGet(ms(10)));
                lease.release(Outcome.SUCCESS, fleet.now.get(), 0);
            }
        }

        assertThat(hanging).isLessThan(5);
    }

    /** Errors in 1 ms booked as answers would draw nearly all traffic. */
    @Test
    void pick_failingFast_isNoBlackHole() {
        Map<String, Integer> counts =
                simulate(
                        fleet.equal(10),
                        60_000,
                        (id, now) ->
                                id == 3
                                        ? new Reply(1, Outcome.SERVER_ERROR)
                                        : new Reply(20, Outcome.SUCCESS));

        assertThat(counts.get(Fleet.id(3))).isLessThan(600);
    }

    @Test
    void pick_tenTimesSlower_getsLittleButIsNotForgotten() {
        Map<String, Integer> counts =
                simulate(
                        fleet.equal(4),
                        60_000,
                        (id, now) -> new Reply(id == 0 ? 200 : 20, Outcome.SUCCESS));

        assertThat(counts.get(Fleet.id(0))).isBetween(4, 3_000);
        for (int i = 1; i < 4; i++) {
            assertThat(counts.get(Fleet.id(i))).isGreaterThan(17_000);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 16, 40})
    void pick_slowOnceThenWell_comesBack(int n) {
        long recovery = fleet.now.get() + TimeUnit.SECONDS.toNanos(5);
        Map<String, Integer> after = new HashMap<>();
        simulate(
                fleet.equal(n),
                40_000,
                (id, now) -> {
                    if (now > recovery + TimeUnit.SECONDS.toNanos(20)) {
                        after.merge(Fleet.id(id), 1, Integer::sum);
                    }
                    return new Reply(id == 1 && now < recovery ? 2_000 : 10, Outcome.SUCCESS);
                });

        double mean = after.values().stream().mapToInt(Integer::intValue).sum() / (double) n;
        assertThat((double) after.get(Fleet.id(1))).isBetween(0.8 * mean, 1.25 * mean);
    }

    private record Reply(long millis, Outcome outcome) {}

    private record Ending(long nanos, Lease lease, Outcome outcome) {}

    /** One request a millisecond, each answered after its time; failures cost a 5 s penalty. */
    private Map<String, Integer> simulate(
            EndpointSet set, int requests, BiFunction<Integer, Long, Reply> service) {
        Picker picker = picker(set);
        PriorityQueue<Ending> endings =
                new PriorityQueue<>((a, b) -> Long.signum(a.nanos() - b.nanos()));
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < requests; i++) {
            long now = fleet.now.addAndGet(ms(1));
            while (!endings.isEmpty() && endings.peek().nanos() <= now) {
                Ending ending = endings.poll();
                ending.lease().release(ending.outcome(), ending.nanos(), ms(5_000));
            }
            Member member = picker.pick(PickRequest.UNKEYED, now);
            counts.merge(member.state().id(), 1, Integer::sum);
            Reply reply = service.apply(set.members().indexOf(member), now);
            endings.add(
                    new Ending(
                            now + ms(reply.millis()),
                            member.state().acquire(now),
                            reply.outcome()));
        }
        return counts;
    }

    private Picker picker(EndpointSet set) {
        return fleet.balancer(Algorithm.LEAST_RESPONSE_TIME, 42).picker(set);
    }

    /** One answer of an endpoint after so many milliseconds, up to now. */
    private void answer(int i, long millis) {
        fleet.state(i)
                .acquire(fleet.now.get() - ms(millis))
                .release(Outcome.SUCCESS, fleet.now.get(), 0);
    }

    private static long ms(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
