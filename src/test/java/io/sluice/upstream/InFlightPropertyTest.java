package io.sluice.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Open leases and in-flight counts agree at every moment, whatever happens to the requests. */
class InFlightPropertyTest {

    private static final Outcome[] OUTCOMES = Outcome.values();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void sums_overRandomLives_equalOpenLeases(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        EndpointStates states = new EndpointStates(Duration.ofSeconds(1));
        List<Lease> open = new ArrayList<>();
        List<Lease> closed = new ArrayList<>();
        Set<String> present = new HashSet<>(ids(8));
        long now = 0;
        for (int step = 0; step < 5_000; step++) {
            now += random.nextLong(2_000_000);
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> open.add(states.state(anyOf(present, random)).acquire(now));
                case 3 -> start(open, random, now);
                case 4, 5 -> release(open, closed, random, now);
                case 6 -> releaseAgain(closed, random, now);
                default -> {
                    if (step % 50 == 0) {
                        present = new HashSet<>(ids(1 + random.nextInt(12)));
                    }
                    states.retain(present, now);
                }
            }
            assertThat(states.total().get())
                    .as("seed %d, step %d", seed, step)
                    .isEqualTo(open.size());
            if (step % 100 == 0) {
                assertEachAgrees(states, open, seed);
            }
        }
        long end = now;
        open.forEach(lease -> assertThat(lease.release(Outcome.SUCCESS, end, 0)).isTrue());
        assertEachAgrees(states, List.of(), seed);
    }

    @Test
    void sums_underFourThreads_zeroAtRest() throws Exception {
        EndpointState state = new EndpointState("a:1");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> done = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            long seed = t;
            done.add(threads.submit(() -> liveManyLives(state, new SplittableRandom(seed))));
        }
        for (Future<?> one : done) {
            one.get();
        }
        threads.shutdown();

        assertThat(state.inFlight()).isZero();
        assertThat(state.waiting()).isZero();
        assertThat(state.meanWaitingNanos(1_000_000_000)).isZero();
        assertThat(state.total().get()).isZero();
        assertThat(state.picks()).isEqualTo(200_000);
    }

    private static void liveManyLives(EndpointState state, SplittableRandom random) {
        for (int i = 0; i < 50_000; i++) {
            Lease lease = state.acquire(i);
            if (random.nextBoolean()) {
                lease.responseStarted(i + 10);
            }
            lease.release(OUTCOMES[random.nextInt(OUTCOMES.length)], i + 20, 100);
            lease.release(Outcome.CANCELLED, i + 30, 0);
        }
    }

    private static void start(List<Lease> open, SplittableRandom random, long now) {
        if (!open.isEmpty()) {
            open.get(random.nextInt(open.size())).responseStarted(now);
        }
    }

    private static void release(
            List<Lease> open, List<Lease> closed, SplittableRandom random, long now) {
        if (!open.isEmpty()) {
            Lease lease = open.remove(random.nextInt(open.size()));
            assertThat(lease.release(OUTCOMES[random.nextInt(OUTCOMES.length)], now, 5)).isTrue();
            closed.add(lease);
        }
    }

    private static void releaseAgain(List<Lease> closed, SplittableRandom random, long now) {
        if (!closed.isEmpty()) {
            Lease lease = closed.get(random.nextInt(closed.size()));
            assertThat(lease.release(Outcome.TIMEOUT, now, 5)).isFalse();
            lease.responseStarted(now);
        }
    }

    private static void assertEachAgrees(EndpointStates states, List<Lease> open, long seed) {
        Set<EndpointState> seen = new HashSet<>();
        open.forEach(lease -> seen.add(lease.state()));
        ids(12).forEach(id -> seen.add(states.state(id)));
        for (EndpointState state : seen) {
            long held = open.stream().filter(lease -> lease.state() == state).count();
            assertThat(state.inFlight()).as("seed %d, %s", seed, state.id()).isEqualTo((int) held);
            assertThat(state.waiting()).isBetween(0, state.inFlight());
        }
    }

    private static List<String> ids(int n) {
        return IntStream.range(0, n).mapToObj(i -> "host-" + i + ":80").toList();
    }

    private static String anyOf(Set<String> ids, SplittableRandom random) {
        return ids.stream().sorted().skip(random.nextInt(ids.size())).findFirst().orElseThrow();
    }
}
