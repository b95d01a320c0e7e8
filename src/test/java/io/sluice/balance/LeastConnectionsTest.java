package io.sluice.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.upstream.EndpointSet;
import io.sluice.upstream.EndpointSet.Member;
import io.sluice.upstream.Lease;
import io.sluice.upstream.Outcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeastConnectionsTest {

    private final Fleet fleet = new Fleet();

    @Test
    void pick_upTo16_isAlwaysTheLeastLoaded() {
        EndpointSet set = fleet.equal(16);
        for (int i = 0; i < 16; i++) {
            load(i, i == 11 ? 3 : 4 + i);
        }
        Picker picker = fleet.balancer(Algorithm.LEAST_CONNECTIONS, 1).picker(set);

        assertThat(Fleet.counts(picker, 500)).isEqualTo(Map.of(Fleet.id(11), 500));
    }

    @Test
    void pick_idleAgainstBusyOfManyTimesTheWeight_isTheIdle() {
        EndpointSet set = fleet.weighted(1, 1000);
        load(1, 1);
        Picker picker = fleet.balancer(Algorithm.LEAST_CONNECTIONS, 1).picker(set);

        assertThat(Fleet.counts(picker, 100)).isEqualTo(Map.of(Fleet.id(0), 100));
    }

    @Test
    void pick_busy_comparesLoadByWeight() {
        EndpointSet set = fleet.weighted(1, 3);
        load(0, 2);
        load(1, 7);
        Picker picker = fleet.balancer(Algorithm.LEAST_CONNECTIONS, 1).picker(set);

        assertThat(Fleet.counts(picker, 100)).isEqualTo(Map.of(Fleet.id(1), 100));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 16, 17, 200})
    void pick_idleFleetOfUnequalWeights_sharesAreTheWeights(int n) {
        int[] weights = IntStream.range(0, n).map(i -> 1 + i % 4).toArray();
        Picker picker =
                fleet.balancer(Algorithm.LEAST_CONNECTIONS, n).picker(fleet.weighted(weights));
        int picks = 200_000;

        Map<String, Integer> counts = Fleet.counts(picker, picks);

        double sum = IntStream.of(weights).sum();
        for (int i = 0; i < n; i++) {
            double share = weights[i] / sum;
            double sigma = Math.sqrt(picks * share * (1 - share));
            /* Four and a half, for hundreds of members are looked at. */
            assertThat((double) counts.get(Fleet.id(i)))
                    .as("member %d", i)
                    .isCloseTo(picks * share, within(4.5 * sigma));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 18, 100, 1_000})
    void pick_threeBadAmongMany_neverPicked(int n) {
        EndpointSet set = fleet.equal(n);
        load(0, 50);
        load(n / 2, 50);
        load(n - 1, 50);
        Picker picker = fleet.balancer(Algorithm.LEAST_CONNECTIONS, n).picker(set);

        /* Four draws that are distinct meet at least one of the good ones. */
        Map<String, Integer> counts = Fleet.counts(picker, 50_000);

        assertThat(counts).doesNotContainKeys(Fleet.id(0), Fleet.id(n / 2), Fleet.id(n - 1));
    }

    @Test
    void pick_manyOfUnequalWeights_findsTheHeavyOne() {
        int[] weights = IntStream.range(0, 100).map(i -> i == 60 ? 99 : 1).toArray();
        EndpointSet set = fleet.weighted(weights);
        Picker picker = fleet.balancer(Algorithm.LEAST_CONNECTIONS, 1).picker(set);

        double share = Fleet.counts(picker, 100_000).get(Fleet.id(60)) / 100_000.0;

        assertThat(share).isCloseTo(0.5, within(0.01));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 16, 40})
    void pick_oneNeverAnswers_holdsNoMoreThanTheMean(int n) {
        Picker picker = fleet.balancer(Algorithm.LEAST_CONNECTIONS, n).picker(fleet.equal(n));
        Deque<Lease> answering = new ArrayDeque<>();
        for (int i = 0; i < 20_000; i++) {
            Member member = picker.pick(PickRequest.UNKEYED, 0);
            Lease lease = member.state().acquire(i);
            if (!member.state().id().equals(Fleet.id(0))) {
                answering.add(lease);
            }
            if (answering.size() > 5 * n) {
                answering.removeFirst().release(Outcome.SUCCESS, i, 0);
            }
        }

        assertThat(fleet.state(0).inFlight()).isBetween(1, 7);
        assertThat(fleet.state(0).picks()).isLessThan(20_000 / 50);
    }

    @Test
    void pick_weightedUnderLoad_inFlightFollowsTheWeights() {
        Picker picker =
                fleet.balancer(Algorithm.LEAST_CONNECTIONS, 1).picker(fleet.weighted(1, 2, 5));
        for (int i = 0; i < 800; i++) {
            picker.pick(PickRequest.UNKEYED, 0).state().acquire(i);
        }

        assertThat(fleet.state(0).inFlight()).isBetween(99, 101);
        assertThat(fleet.state(1).inFlight()).isBetween(199, 201);
        assertThat(fleet.state(2).inFlight()).isBetween(499, 501);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pick_allDrawsTried_looksAtAll(boolean equal) {
        int n = 300;
        EndpointSet set =
                equal
                        ? fleet.equal(n)
                        : fleet.weighted(IntStream.range(0, n).map(i -> 1 + i % 2).toArray());
        Picker picker = fleet.balancer(Algorithm.LEAST_CONNECTIONS, 1).picker(set);
        Set<String> tried = new HashSet<>();
        IntStream.range(0, n).filter(i -> i != 123).forEach(i -> tried.add(Fleet.id(i)));

        for (int i = 0; i < 20; i++) {
            assertThat(picker.pick(PickRequest.UNKEYED.withTried(tried), 0).state().id())
                    .isEqualTo(Fleet.id(123));
        }
        tried.add(Fleet.id(123));
        assertThat(picker.pick(PickRequest.UNKEYED.withTried(tried), 0)).isNull();
    }

    private void load(int i, int requests) {
        for (int r = 0; r < requests; r++) {
            fleet.state(i).acquire(0);
        }
    }
}
