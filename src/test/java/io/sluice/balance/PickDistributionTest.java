package io.sluice.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.upstream.EndpointSet;
import io.sluice.upstream.EndpointSet.Member;
import io.sluice.upstream.Outcome;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.openhft.hashing.LongHashFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every algorithm does where all endpoints cost the same: the shares of random requests are
 * the expected ones within three standard deviations. Expected are equal shares, those of the
 * weights, or, where a key decides, those of the arcs that an endpoint owns on the ring.
 */
class PickDistributionTest {

    private static final int[] SIZES = {1, 2, 16, 17, 1_000, 10_000};
    private static final IntUnaryOperator EQUAL = i -> 1;
    private static final IntUnaryOperator UNEQUAL = i -> 1 + i % 3;
    private static final int VIRTUAL_NODES = BalancerSettings.DEFAULTS.virtualNodes();

    /** A point's hash has 43 bits. */
    private static final int HASH_BITS = 43;

    private final Fleet fleet = new Fleet();

    static Stream<Arguments> algorithmsAndSizes() {
        return Stream.of(Algorithm.values())
                .flatMap(a -> IntStream.of(SIZES).mapToObj(n -> Arguments.of(a, n)));
    }

    @ParameterizedTest
    @MethodSource("algorithmsAndSizes")
    void pick_equalWeights_asExpectedWithinThreeSigma(Algorithm algorithm, int n) {
        assertShares(algorithm, fleet.weighted(weights(n, EQUAL)), expected(algorithm, n, EQUAL));
    }

    @ParameterizedTest
    @MethodSource("algorithmsAndSizes")
    void pick_unequalWeights_asExpectedWithinThreeSigma(Algorithm algorithm, int n) {
        assertShares(
                algorithm, fleet.weighted(weights(n, UNEQUAL)), expected(algorithm, n, UNEQUAL));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 16, 17, 1_000, 10_000})
    void pick_leastResponseTimeAllKnownAndBusyAlike_evenWithinThreeSigma(int n) {
        EndpointSet set = fleet.equal(n);
        for (Member member : set.members()) {
            long began = Fleet.START_NANOS - TimeUnit.MILLISECONDS.toNanos(10);
            member.state().acquire(began).release(Outcome.SUCCESS, Fleet.START_NANOS, 0);
            member.state().acquire(Fleet.START_NANOS);
        }

        assertShares(
                Algorithm.LEAST_RESPONSE_TIME,
                set,
                expected(Algorithm.LEAST_RESPONSE_TIME, n, EQUAL));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 16, 17, 100, 1_000, 10_000})
    void arcs_atTheDefaultVirtualNodes_noneAboveOneAndAThirdOfTheMean(int n) {
        double[] shares = ownedArcs(n, EQUAL);

        assertThat(Arrays.stream(shares).sum()).isCloseTo(1, within(1e-9));
        assertThat(Arrays.stream(shares).max().orElseThrow() * n).isLessThanOrEqualTo(1.35);
    }

    private void assertShares(Algorithm algorithm, EndpointSet set, double[] expected) {
        int n = expected.length;
        int picks = Math.max(60_000, 50 * n);
        int[] counts = counts(fleet.balancer(algorithm, 11).picker(set), set, picks);

        double chiSquare = 0;
        int beyondThreeSigma = 0;
        for (int i = 0; i < n; i++) {
            double mean = picks * expected[i];
            double off = counts[i] - mean;
            chiSquare += off * off / mean;
            /* A count is a whole number, so an exact turn may be one half off. */
            double sigma = Math.sqrt(mean * (1 - expected[i]));
            beyondThreeSigma += Math.abs(off) > 3 * sigma + 0.5 ? 1 : 0;
        }
        /* Chi square of n − 1 degrees: mean n − 1, variance 2 (n − 1). */
        assertThat(chiSquare).isLessThanOrEqualTo(n - 1 + 3 * Math.sqrt(2.0 * (n - 1)) + 1e-9);
        /* Of many some are beyond by chance: 0.27 %, and three sigma of that again. */
        double byChance = 0.0027 * n;
        assertThat((double) beyondThreeSigma)
                .isLessThanOrEqualTo(byChance + 3 * Math.sqrt(byChance));
    }

    private static int[] counts(Picker picker, EndpointSet set, int picks) {
        Map<Member, Integer> numbers = new IdentityHashMap<>();
        List<Member> members = set.members();
        for (int i = 0; i < members.size(); i++) {
            numbers.put(members.get(i), i);
        }
        int[] counts = new int[members.size()];
        SplittableRandom keys = new SplittableRandom(5);
        for (int i = 0; i < picks; i++) {
            PickRequest request = PickRequest.keyed(keys.nextLong());
            counts[numbers.get(picker.pick(request, Fleet.START_NANOS))]++;
        }
        return counts;
    }

    private static double[] expected(Algorithm algorithm, int n, IntUnaryOperator weight) {
        return switch (algorithm) {
            case ROUND_ROBIN -> shares(weights(n, EQUAL));
            case WEIGHTED_ROUND_ROBIN, LEAST_CONNECTIONS, LEAST_RESPONSE_TIME ->
                    shares(weights(n, weight));
            case IP_HASH, CONSISTENT_HASHING -> ownedArcs(n, weight);
        };
    }

    private static int[] weights(int n, IntUnaryOperator weight) {
        return IntStream.range(0, n).map(weight).toArray();
    }

    private static double[] shares(int[] weights) {
        double sum = IntStream.of(weights).sum();
        return IntStream.of(weights).mapToDouble(weight -> weight / sum).toArray();
    }

    /**
     * Each endpoint's part of the ring, from the ring's definition and not from {@link HashRing}:
     * an arc ends at a point and belongs to the endpoint of that point.
     */
    private static double[] ownedArcs(int n, IntUnaryOperator weight) {
        int[] points = RingTable.pointsPerMember(weights(n, weight), 1, VIRTUAL_NODES);
        long[] ring = new long[IntStream.of(points).sum()];
        int next = 0;
        for (int i = 0; i < n; i++) {
            LongHashFunction hash = LongHashFunction.xx(HashKeys.of(Fleet.id(i)));
            for (int v = 0; v < points[i]; v++) {
                long place = hash.hashLong(v) >>> (Long.SIZE - HASH_BITS);
                ring[next++] = place << 20 | i;
            }
        }
        Arrays.sort(ring);
        double[] shares = new double[n];
        long before = (ring[ring.length - 1] >>> 20) - (1L << HASH_BITS);
        for (long point : ring) {
            long place = point >>> 20;
            shares[(int) (point & ((1 << 20) - 1))] +=
                    Math.scalb((double) (place - before), -HASH_BITS);
            before = place;
        }
        return shares;
    }
}
