package io.sluice.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.upstream.EndpointSet;
import io.sluice.upstream.EndpointSet.Member;
import io.sluice.upstream.Lease;
import io.sluice.upstream.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsistentHashingTest {

    private static final int KEYS = 20_000;

    private final Fleet fleet = new Fleet();

    @ParameterizedTest
    @ValueSource(ints = {2, 10, 17, 100, 1_000})
    void picker_oneRemoved_movesItsKeysAndNoOther(int n) {
        EndpointSet set = fleet.equal(n);
        int gone = n / 2;
        String[] before = map(picker(set));

        String[] after = map(picker(Fleet.without(set, gone)));

        assertOnlyKeysOf(gone, before, after);
        assertThat(moved(before, after) / (double) KEYS).isLessThanOrEqualTo(1.0 / n + 0.02);
    }

    @Test
    void picker_oneAdded_takesItsKeysAndMovesNoOther() {
        String[] before = map(picker(Fleet.without(fleet.equal(11), 4)));

        String[] after = map(picker(fleet.equal(11)));

        assertOnlyKeysOf(4, after, before);
        assertThat(moved(before, after) / (double) KEYS).isBetween(0.05, 1.0 / 11 + 0.02);
    }

    @Test
    void picker_oneWeightRaised_movesKeysToItAlone() {
        String[] before = map(picker(fleet.weighted(2, 2, 2, 2)));

        String[] after = map(picker(fleet.weighted(2, 3, 2, 2)));

        assertOnlyKeysOf(1, after, before);
        assertThat(moved(before, after)).isBetween(KEYS / 20, KEYS / 6);
    }

    @Test
    void picker_oneRampsUp_movesKeysOfThatOneAlone() {
        String[] settled = map(picker(fleet.equal(5)));
        EndpointSet ramping =
                EndpointSet.of(
                        IntStream.range(0, 5)
                                .mapToObj(i -> fleet.member(i, i == 3 ? 4 : 20, true))
                                .toList(),
                        SlowStart.WEIGHT_SCALE);

        String[] now = map(picker(ramping));

        assertOnlyKeysOf(3, settled, now);
        assertThat(count(now, 3)).isBetween(KEYS / 60, KEYS / 12);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void picker_anyOrderOfTheList_sameMap(long seed) {
        List<Member> members = new ArrayList<>(fleet.weighted(1, 2, 3, 4, 5, 6).members());
        String[] before = map(picker(EndpointSet.of(members)));

        Collections.shuffle(members, new Random(seed));

        assertThat(map(picker(EndpointSet.of(members)))).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"CONSISTENT_HASHING", "IP_HASH"})
    void picker_oneDown_itsKeysSpreadAndComeBack(Algorithm algorithm) {
        Balancer balancer = fleet.balancer(algorithm, 1);
        EndpointSet set = fleet.equal(10);
        String[] before = map(balancer.picker(set));

        String[] while7IsDown = map(balancer.picker(Fleet.down(set, 7)));
        String[] after = map(balancer.picker(set));

        assertOnlyKeysOf(7, before, while7IsDown);
        Map<String, Integer> heirs = new TreeMap<>();
        String id = Fleet.id(7);
        for (int i = 0; i < KEYS; i++) {
            if (before[i].equals(id)) {
                heirs.merge(while7IsDown[i], 1, Integer::sum);
            }
        }
        assertThat(heirs).hasSize(9);
        int most = Collections.max(heirs.values());
        assertThat(most).isLessThan(count(before, 7) / 4);
        assertThat(after).isEqualTo(before);
    }

    @Test
    void picker_allButOneDown_allKeysGoThere() {
        EndpointSet set = fleet.equal(300);
        int[] others = IntStream.range(0, 300).filter(i -> i != 200).toArray();

        assertThat(Fleet.counts(picker(Fleet.down(set, others)), 500))
                .isEqualTo(Map.of(Fleet.id(200), 500));
    }

    @Test
    void picker_unequalWeights_sharesAreTheWeights() {
        Map<String, Integer> counts = Fleet.counts(picker(fleet.weighted(1, 2, 3, 0)), 60_000);

        assertThat(counts).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat((double) counts.get(Fleet.id(i)))
                    .isCloseTo(10_000.0 * (i + 1), within(2_000.0));
        }
    }

    @Test
    void pick_poorHashes_spreadAllTheSame() {
        Picker picker = picker(fleet.equal(4));
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            seen.add(picker.pick(PickRequest.keyed(i), 0).state().id());
        }

        assertThat(seen).hasSize(4);
    }

    @Test
    void pick_tried_goesOnAlongTheKeysOwnSequence() {
        Picker picker = picker(fleet.equal(6));
        for (int key = 0; key < 200; key++) {
            Set<String> tried = new HashSet<>();
            for (int attempt = 0; attempt < 6; attempt++) {
                PickRequest request = Fleet.key(key).withTried(Set.copyOf(tried));
                Member member = picker.pick(request, 0);
                assertThat(picker.pick(request, 0)).isSameAs(member);
                assertThat(tried.add(member.state().id())).isTrue();
            }
            assertThat(picker.pick(Fleet.key(key).withTried(tried), 0)).isNull();
        }
    }

    @Test
    void pick_withoutKey_isByLeastConnections() {
        Picker picker = picker(fleet.equal(3));
        fleet.state(0).acquire(0);
        fleet.state(2).acquire(0);

        for (int i = 0; i < 50; i++) {
            assertThat(picker.pick(PickRequest.UNKEYED, 0).state().id()).isEqualTo(Fleet.id(1));
        }
    }

    @Test
    void pick_byIpHashWithoutKey_isByRoundRobin() {
        Picker picker = fleet.balancer(Algorithm.IP_HASH, 1).picker(fleet.equal(4));
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < 40; i++) {
            counts.merge(picker.pick(PickRequest.UNKEYED, 0).state().id(), 1, Integer::sum);
        }

        assertThat(counts.values()).hasSize(4).allMatch(count -> count == 10);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void pick_bounded_neverAboveTheBound(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int n = 1 + random.nextInt(30);
        double bound = 1.05 + random.nextDouble();
        int[] weights = IntStream.range(0, n).map(i -> 1 + random.nextInt(3)).toArray();
        EndpointSet set = fleet.weighted(weights);
        double allWeights = IntStream.of(weights).sum();
        Picker picker = bounded(set, bound);
        List<Lease> open = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            /* Few keys, so that without a bound some members would be far above it. */
            Member member = picker.pick(Fleet.key(random.nextInt(5)), 0);
            double share = member.weight() / allWeights;
            double most = Math.max(1, Math.ceil(bound * (open.size() + 1) * share));
            open.add(member.state().acquire(i));
            assertThat((double) member.state().inFlight())
                    .as("seed %d, pick %d, %d members, bound %s", seed, i, n, bound)
                    .isLessThanOrEqualTo(most);
            while (open.size() > 40 || (open.size() > 1 && random.nextInt(3) == 0)) {
                open.remove(random.nextInt(open.size())).release(Outcome.SUCCESS, i, 0);
            }
        }
    }

    @Test
    void pick_boundedOneHotKey_spillsOverAllWithoutFloodingOne() {
        EndpointSet set = fleet.equal(10);
        Picker picker = bounded(set, 1.25);
        for (int i = 0; i < 1_000; i++) {
            picker.pick(Fleet.key(0), 0).state().acquire(i);
        }

        for (int i = 0; i < 10; i++) {
            assertThat(fleet.state(i).inFlight()).isLessThanOrEqualTo(126);
        }
    }

    @Test
    void pick_boundedAndQuiet_isWhereTheKeyBelongs() {
        EndpointSet set = fleet.equal(10);

        assertThat(map(bounded(set, 1.25))).isEqualTo(map(picker(set)));
    }

    @Test
    void pick_allAboveTheirBounds_isTheLeastLoaded() {
        EndpointSet set = fleet.weighted(1, 2, 1);
        List<Lease> open = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            open.add(fleet.state(1).acquire(0));
            if (i < 8) {
                open.add(fleet.state(0).acquire(0));
            }
        }
        /* Only the third has room, and the request has tried it. */
        PickRequest retry = Fleet.key(0).withTried(Set.of(Fleet.id(2)));

        assertThat(bounded(set, 1.01).pick(retry, 0).state().id()).isEqualTo(Fleet.id(1));
    }

    @Test
    void picker_tenThousand_findsEveryMember() {
        Picker picker = picker(fleet.equal(10_000));

        assertThat(Fleet.counts(picker, 60_000)).hasSizeGreaterThan(9_900);
    }

    private Picker picker(EndpointSet set) {
        return fleet.balancer(Algorithm.CONSISTENT_HASHING, 1).picker(set);
    }

    private Picker bounded(EndpointSet set, double bound) {
        BalancerSettings settings = new BalancerSettings(160, bound);
        return fleet.balancer(Algorithm.CONSISTENT_HASHING, settings, 1).picker(set);
    }

    private static String[] map(Picker picker) {
        String[] owners = new String[KEYS];
        for (int i = 0; i < KEYS; i++) {
            owners[i] = picker.pick(Fleet.key(i), 0).state().id();
        }
        return owners;
    }

    private static int moved(String[] before, String[] after) {
        return (int) IntStream.range(0, KEYS).filter(i -> !before[i].equals(after[i])).count();
    }

    private static int count(String[] owners, int number) {
        String id = Fleet.id(number);
        return (int) Arrays.stream(owners).filter(id::equals).count();
    }

    /** Exactly the keys that this one owned with it are elsewhere without it. */
    private static void assertOnlyKeysOf(int number, String[] with, String[] without) {
        String id = Fleet.id(number);
        assertThat(
                        IntStream.range(0, KEYS)
                                .filter(i -> !with[i].equals(id) && !with[i].equals(without[i])))
                .isEmpty();
    }
}
