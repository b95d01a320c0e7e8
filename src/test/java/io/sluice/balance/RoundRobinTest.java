package io.sluice.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.upstream.EndpointSet;
import io.sluice.upstream.EndpointSet.Member;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoundRobinTest {

    private final Fleet fleet = new Fleet();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 16, 17, 1_000, 10_000})
    void pick_anyWindowOfN_isAPermutation(int n) {
        Picker picker = fleet.balancer(Algorithm.ROUND_ROBIN, n).picker(fleet.equal(n));
        Fleet.counts(picker, n / 3);

        for (int round = 0; round < 3; round++) {
            Map<String, Integer> counts = Fleet.counts(picker, n);
            assertThat(counts).hasSize(n);
            assertThat(counts.values()).allMatch(count -> count == 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,500", "2,5000", "17,1000", "1000,20"})
    void pick_fourThreads_countsAreExact(int n, int rounds) throws Exception {
        Picker picker = fleet.balancer(Algorithm.ROUND_ROBIN, 1).picker(fleet.equal(n));

        Map<String, AtomicLong> counts = inFourThreads(picker, n * rounds);

        assertThat(counts).hasSize(n);
        assertThat(counts.values()).allMatch(count -> count.get() == 4L * rounds);
    }

    @Test
    void pick_fourThreadsWeighted_countsAreExact() throws Exception {
        Picker picker =
                fleet.balancer(Algorithm.WEIGHTED_ROUND_ROBIN, 1)
                        .picker(fleet.weighted(5, 1, 1, 0));

        Map<String, AtomicLong> counts = inFourThreads(picker, 7 * 3_000);

        assertThat(counts.get(Fleet.id(0)).get()).isEqualTo(4 * 15_000);
        assertThat(counts.get(Fleet.id(1)).get()).isEqualTo(4 * 3_000);
        assertThat(counts.get(Fleet.id(2)).get()).isEqualTo(4 * 3_000);
        assertThat(counts).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void picker_afterEveryChange_isExactFromTheNextPick(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Balancer balancer = fleet.balancer(Algorithm.ROUND_ROBIN, seed);
        for (int change = 0; change < 100; change++) {
            int n = 1 + random.nextInt(40);
            Picker picker = balancer.picker(fleet.equal(n));
            Map<String, Integer> counts = Fleet.counts(picker, n * 3);
            assertThat(counts.values()).as("seed %d", seed).hasSize(n).allMatch(c -> c == 3);
            Fleet.counts(picker, random.nextInt(n));
        }
    }

    @Test
    void picker_rebuilt_goesOnWhereItWas() {
        Balancer balancer = fleet.balancer(Algorithm.ROUND_ROBIN, 3);
        EndpointSet set = fleet.equal(10);
        Set<String> seen = new HashSet<>();

        for (int i = 0; i < 10; i++) {
            seen.add(balancer.picker(set).pick(PickRequest.UNKEYED, 0).state().id());
        }

        assertThat(seen).hasSize(10);
    }

    @Test
    void create_manyGateways_startApart() {
        EndpointSet set = fleet.equal(10);
        int[] first = new int[10];
        for (int gateway = 0; gateway < 10_000; gateway++) {
            Picker picker = fleet.balancer(Algorithm.ROUND_ROBIN, gateway).picker(set);
            first[set.members().indexOf(picker.pick(PickRequest.UNKEYED, 0))]++;
        }

        /* Three standard deviations of a binomial with p = 1/10. */
        assertThat(Arrays.stream(first)).allMatch(count -> Math.abs(count - 1_000) <= 90);
    }

    @Test
    void pick_pastTheIntegers_staysExact() {
        Turn turn = new Turn(Integer.MAX_VALUE - 4L);
        Member[] members = fleet.equal(7).members().toArray(Member[]::new);

        Map<String, Integer> counts = Fleet.counts(new CyclePicker(members, turn), 70);

        assertThat(counts.values()).hasSize(7).allMatch(count -> count == 10);
    }

    @Test
    void pick_turnsOverflow_goesOn() {
        Turn turn = new Turn(Long.MAX_VALUE - 1);
        Member[] members = fleet.equal(3).members().toArray(Member[]::new);

        assertThat(Fleet.counts(new CyclePicker(members, turn), 300)).hasSize(3);
    }

    @Test
    void pick_retries_doNotLoadTheNeighbourDouble() {
        Picker picker = fleet.balancer(Algorithm.ROUND_ROBIN, 1).picker(fleet.equal(5));
        PickRequest retry = PickRequest.UNKEYED.withTried(Set.of(Fleet.id(2)));
        int[] counts = new int[5];
        for (int i = 0; i < 50_000; i++) {
            Member member = picker.pick(PickRequest.UNKEYED, 0);
            if (member.state().id().equals(Fleet.id(2))) {
                member = picker.pick(retry, 0);
            }
            counts[Integer.parseInt(member.endpoint().host().substring(5))]++;
        }

        assertThat(counts[2]).isZero();
        assertThat(Arrays.stream(counts).filter(c -> c > 0))
                .allMatch(c -> Math.abs(c - 12_500) <= 1);
    }

    @Test
    void pick_triedAllButOneOfMany_findsIt() {
        Picker picker = fleet.balancer(Algorithm.ROUND_ROBIN, 1).picker(fleet.equal(100));
        Set<String> tried = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            tried.add(Fleet.id(i));
        }
        tried.remove(Fleet.id(42));
        PickRequest request = PickRequest.UNKEYED.withTried(tried);

        for (int i = 0; i < 100; i++) {
            assertThat(picker.pick(request, 0).state().id()).isEqualTo(Fleet.id(42));
        }
    }

    @Test
    void pick_whileOneRampsUp_givesItItsShare() {
        EndpointSet set =
                EndpointSet.of(
                        List.of(scaled(0, 4, 80), scaled(1, 1, 20), scaled(2, 3, 15)),
                        SlowStart.WEIGHT_SCALE);
        Picker picker = fleet.balancer(Algorithm.ROUND_ROBIN, 1).picker(set);

        Map<String, Integer> counts = Fleet.counts(picker, 450);

        assertThat(counts)
                .containsEntry(Fleet.id(0), 200)
                .containsEntry(Fleet.id(1), 200)
                .containsEntry(Fleet.id(2), 50);
    }

    private Member scaled(int i, int own, int weight) {
        return new Member(Fleet.endpoint(i, own), fleet.state(i), weight, true);
    }

    private static Map<String, AtomicLong> inFourThreads(Picker picker, int picksEach)
            throws Exception {
        Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> done = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            done.add(
                    threads.submit(
                            () ->
                                    Fleet.counts(picker, picksEach)
                                            .forEach(
                                                    (id, count) ->
                                                            counts.computeIfAbsent(
                                                                            id,
                                                                            k -> new AtomicLong())
                                                                    .addAndGet(count))));
        }
        for (Future<?> one : done) {
            one.get();
        }
        threads.shutdown();
        return counts;
    }
}
