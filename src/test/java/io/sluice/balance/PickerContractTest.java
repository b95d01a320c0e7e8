package io.sluice.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.upstream.EndpointSet;
import io.sluice.upstream.EndpointSet.Member;
import io.sluice.upstream.Lease;
import io.sluice.upstream.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every algorithm keeps to. */
class PickerContractTest {

    private static final int MANY = 10_000;
    private static final int[] SIZES = {1, 2, 16, 17, 1_000, MANY};

    private final Fleet fleet = new Fleet();

    static Stream<Arguments> algorithmsAndSizes() {
        return Stream.of(Algorithm.values())
                .flatMap(a -> IntStream.of(SIZES).mapToObj(n -> Arguments.of(a, n)));
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void pick_ofNothing_null(Algorithm algorithm) {
        EndpointSet down = Fleet.down(fleet.equal(3), 0, 1, 2);

        assertThat(picker(algorithm, EndpointSet.of(List.of())).pick(Fleet.key(1), 0)).isNull();
        assertThat(picker(algorithm, EndpointSet.of(List.of())).pick(PickRequest.UNKEYED, 0))
                .isNull();
        assertThat(picker(algorithm, down).pick(Fleet.key(1), 0)).isNull();
        assertThat(picker(algorithm, down).pick(PickRequest.UNKEYED, 0)).isNull();
    }

    @ParameterizedTest
    @MethodSource("algorithmsAndSizes")
    void pick_someDownSomeDrained_neverThose(Algorithm algorithm, int n) {
        int[] weights = IntStream.range(0, n).map(i -> i % 3 == 1 ? 0 : 1 + i % 2).toArray();
        EndpointSet set =
                EndpointSet.of(
                        IntStream.range(0, n)
                                .mapToObj(i -> fleet.member(i, weights[i], i == 0 || i % 4 != 0))
                                .toList());
        Picker picker = picker(algorithm, set);

        for (int i = 0; i < 500; i++) {
            Member member = picker.pick(i % 2 == 0 ? Fleet.key(i) : PickRequest.UNKEYED, 0);
            assertThat(member.usable()).isTrue();
            assertThat(member.weight()).isPositive();
            member.state().acquire(i);
        }
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void pick_allWeightsZero_countsAsAllOne(Algorithm algorithm) {
        assertThat(Fleet.counts(picker(algorithm, fleet.weighted(0, 0, 0)), 600)).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void pick_drainedBesideOneDown_null(Algorithm algorithm) {
        EndpointSet set =
                EndpointSet.of(List.of(fleet.member(0, 0, true), fleet.member(1, 1, false)));

        assertThat(picker(algorithm, set).pick(Fleet.key(1), 0)).isNull();
    }

    @ParameterizedTest
    @MethodSource("algorithmsAndSizes")
    void pick_tried_neverAgainUntilNoneIsLeft(Algorithm algorithm, int n) {
        Picker picker = picker(algorithm, fleet.equal(n));
        for (int i = 0; i < 20; i++) {
            Set<String> tried = new HashSet<>();
            for (int attempt = 0; attempt < Math.min(n, 20); attempt++) {
                Member member = picker.pick(Fleet.key(i).withTried(tried), 0);
                assertThat(tried.add(member.state().id())).isTrue();
            }
            if (n <= 20) {
                assertThat(picker.pick(Fleet.key(i).withTried(tried), 0)).isNull();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void pick_sameSeedAndClock_sameOrder(Algorithm algorithm) {
        assertThat(order(algorithm)).isEqualTo(order(algorithm));
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void picker_changedWhilePicksGoOn_countsHold(Algorithm algorithm) throws Exception {
        Balancer balancer =
                Balancers.create(
                        algorithm,
                        new BalancerSettings(
                                20,
                                algorithm.ordinal() % 2 == 0 ? 1.5 : BalancerSettings.UNBOUNDED),
                        () -> ThreadLocalRandom.current().nextLong());
        AtomicReference<Picker> current = new AtomicReference<>(balancer.picker(fleet.equal(5)));
        AtomicBoolean ended = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        List<Future<?>> done = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            long seed = t;
            done.add(threads.submit(() -> live(current, ended, new SplittableRandom(seed))));
        }
        SplittableRandom random = new SplittableRandom(9);
        for (int change = 0; change < 300; change++) {
            int n = change % 50 == 49 ? MANY : change % 50 == 24 ? 1_000 : 1 + random.nextInt(40);
            EndpointSet set =
                    EndpointSet.of(
                            IntStream.range(0, n)
                                    .mapToObj(
                                            i ->
                                                    fleet.member(
                                                            i,
                                                            random.nextInt(5),
                                                            random.nextInt(4) > 0))
                                    .toList());
            current.set(balancer.picker(set));
        }
        ended.set(true);
        for (Future<?> one : done) {
            one.get();
        }
        threads.shutdown();

        assertThat(fleet.states.total().get()).isZero();
        for (int i = 0; i < MANY; i++) {
            assertThat(fleet.state(i).inFlight()).isZero();
            assertThat(fleet.state(i).waiting()).isZero();
        }
    }

    @Test
    void named_knowsTheContractsNames() {
        assertThat(Algorithm.names())
                .containsExactly(
                        "round-robin",
                        "weighted-round-robin",
                        "least-connections",
                        "ip-hash",
                        "least-response-time",
                        "consistent-hashing");
        for (Algorithm algorithm : Algorithm.values()) {
            assertThat(Algorithm.named(algorithm.settingName())).contains(algorithm);
            assertThat(algorithm).hasToString(algorithm.settingName());
        }
        assertThat(Algorithm.named("ROUND_ROBIN")).isEmpty();
        assertThat(Algorithm.named("")).isEmpty();
    }

    @Test
    void settings_outOfRange_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BalancerSettings(0, 2))
                .withMessage("virtualNodes: 0 (expected: 1 to 10000)");
        assertThatIllegalArgumentException().isThrownBy(() -> new BalancerSettings(10_001, 2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BalancerSettings(160, 1))
                .withMessage("loadBound: 1.0 (expected: > 1)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BalancerSettings(160, Double.NaN));
    }

    private static void live(
            AtomicReference<Picker> current, AtomicBoolean ended, SplittableRandom random) {
        List<Lease> open = new ArrayList<>();
        Outcome[] outcomes = Outcome.values();
        for (long i = 0; i < 2_000 || !ended.get(); i++) {
            long now = System.nanoTime();
            Member member = current.get().pick(Fleet.key(random.nextInt(100)), now);
            if (member != null) {
                open.add(member.state().acquire(now));
            }
            if (open.size() > 10) {
                Lease lease = open.remove(random.nextInt(open.size()));
                if (random.nextBoolean()) {
                    lease.responseStarted(System.nanoTime());
                }
                lease.release(outcomes[random.nextInt(outcomes.length)], System.nanoTime(), 1000);
            }
        }
        open.forEach(lease -> lease.release(Outcome.CANCELLED, System.nanoTime(), 0));
    }

    private List<String> order(Algorithm algorithm) {
        Fleet own = new Fleet();
        Picker picker = own.balancer(algorithm, 77).picker(own.equal(30));
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            long start = own.now.getAndAdd(1_000_000);
            Member member = picker.pick(Fleet.key(i), start);
            Lease lease = member.state().acquire(start);
            if (i % 3 > 0) {
                lease.release(Outcome.SUCCESS, own.now.get(), 0);
            }
            order.add(member.state().id());
        }
        return order;
    }

    private Picker picker(Algorithm algorithm, EndpointSet set) {
        return fleet.balancer(algorithm, 11).picker(set);
    }
}
