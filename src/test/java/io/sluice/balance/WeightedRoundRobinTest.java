package io.sluice.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.upstream.EndpointSet.Member;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightedRoundRobinTest {

    private final Fleet fleet = new Fleet();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7})
    void pick_anyWindowOfOnePeriod_countsAreTheWeights(long seed) {
        Picker picker =
                fleet.balancer(Algorithm.WEIGHTED_ROUND_ROBIN, seed)
                        .picker(fleet.weighted(500, 100, 100, 0));

        for (int i = 0; i < 20; i++) {
            assertThat(Fleet.counts(picker, 7))
                    .isEqualTo(Map.of(Fleet.id(0), 5, Fleet.id(1), 1, Fleet.id(2), 1));
            picker.pick(PickRequest.UNKEYED, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16, 17, 1_000, 10_000})
    void pick_anySize_periodIsExact(int n) {
        int[] weights = IntStream.range(0, n).map(i -> 1 + i % 5).toArray();
        Picker picker =
                fleet.balancer(Algorithm.WEIGHTED_ROUND_ROBIN, n).picker(fleet.weighted(weights));

        Map<String, Integer> counts = Fleet.counts(picker, IntStream.of(weights).sum());

        for (int i = 0; i < n; i++) {
            assertThat(counts).containsEntry(Fleet.id(i), n == 1 ? 1 : weights[i]);
        }
    }

    @Test
    void pick_allZero_countsAsAllOne() {
        Picker picker =
                fleet.balancer(Algorithm.WEIGHTED_ROUND_ROBIN, 1).picker(fleet.weighted(0, 0, 0));

        assertThat(Fleet.counts(picker, 9).values()).hasSize(3).allMatch(count -> count == 3);
    }

    @Test
    void pick_retryOfTheHeavy_goesToTheOthers() {
        Picker picker =
                fleet.balancer(Algorithm.WEIGHTED_ROUND_ROBIN, 1).picker(fleet.weighted(100, 1, 1));
        PickRequest retry = PickRequest.UNKEYED.withTried(Set.of(Fleet.id(0)));
        Set<String> seen = new HashSet<>();

        for (int i = 0; i < 300; i++) {
            seen.add(picker.pick(retry, 0).state().id());
        }

        assertThat(seen).containsExactlyInAnyOrder(Fleet.id(1), Fleet.id(2));
    }

    @Test
    void stride_fromZero_isGrpcsOrder() {
        Turn turn = new Turn(0);
        Member[] members = fleet.weighted(2, 3, 6).members().toArray(Member[]::new);
        Picker picker = new StridePicker(members, new int[] {2, 3, 6}, turn);
        int[] expected = {1, 2, 2, 0, 1, 2};
        long[] turns = {2, 3, 6, 7, 8, 9};

        for (int i = 0; i < expected.length; i++) {
            assertThat(picker.pick(PickRequest.UNKEYED, 0).state().id())
                    .isEqualTo(Fleet.id(expected[i]));
            assertThat(turn.upcoming()).isEqualTo(turns[i]);
        }
    }

    @Test
    void pick_weightsBeyondTheTable_sharesAreTheWeights() {
        int[] weights = {70_001, 35_000, 10_007, 3};
        Picker picker =
                fleet.balancer(Algorithm.WEIGHTED_ROUND_ROBIN, 1).picker(fleet.weighted(weights));
        assertThat(picker).isInstanceOf(StridePicker.class);
        int picks = 500_000;

        Map<String, Integer> counts = Fleet.counts(picker, picks);

        double sum = IntStream.of(weights).sum();
        for (int i = 0; i < weights.length; i++) {
            assertThat(counts.get(Fleet.id(i)) / (double) picks)
                    .isCloseTo(weights[i] / sum, within(3 / 65_535.0));
        }
    }

    @Test
    void stride_retries_findWhatIsUntried() {
        Picker picker =
                fleet.balancer(Algorithm.WEIGHTED_ROUND_ROBIN, 1)
                        .picker(fleet.weighted(1_000_000, 1, 999_999));
        PickRequest onlyLightest = PickRequest.UNKEYED.withTried(Set.of(Fleet.id(0), Fleet.id(2)));
        PickRequest none =
                PickRequest.UNKEYED.withTried(Set.of(Fleet.id(0), Fleet.id(1), Fleet.id(2)));

        assertThat(picker).isInstanceOf(StridePicker.class);
        assertThat(picker.pick(onlyLightest, 0).state().id()).isEqualTo(Fleet.id(1));
        assertThat(picker.pick(none, 0)).isNull();
    }
}
