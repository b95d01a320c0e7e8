package io.sluice.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.openhft.hashing.LongHashFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashRingTest {

    private static final long UP_TO_43_BITS = ~((1L << 20) - 1);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 17, 100})
    void owner_ofAnyHash_isTheFirstPointAtOrAfter(int n) {
        HashRing ring = ring(n, 40);
        TreeMap<Long, Integer> slow = new TreeMap<>();
        for (int node = 0; node < n; node++) {
            LongHashFunction hash = LongHashFunction.xx(HashKeys.of(Fleet.id(node)));
            for (int v = 0; v < 40; v++) {
                slow.putIfAbsent((hash.hashLong(v) >>> 1) & UP_TO_43_BITS, node);
            }
        }
        SplittableRandom random = new SplittableRandom(n);
        for (int i = 0; i < 3_000; i++) {
            long hash =
                    i < 4
                            ? new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}[i]
                            : random.nextLong();
            var after = slow.ceilingEntry((hash >>> 1) & UP_TO_43_BITS);
            int expected = after == null ? slow.firstEntry().getValue() : after.getValue();
            assertThat(ring.owner(hash)).as("hash %x", hash).isEqualTo(expected);
        }
    }

    @Test
    void shape_shares_areThePartsOfTheCircleThatLookUpsFind() {
        HashRing ring = HashRing.of(new String[] {"a", "b", "c"}, new int[] {40, 80, 1});
        RingShape shape = ring.shape(180);
        int[] found = new int[3];
        int looks = 200_000;
        for (int i = 0; i < looks; i++) {
            found[ring.owner(Long.divideUnsigned(-1L, looks) * i)]++;
        }

        assertThat(shape.shares().keySet()).containsExactly("a", "b", "c");
        assertThat(shape.shares().values().stream().mapToDouble(Double::doubleValue).sum())
                .isCloseTo(1, within(1e-9));
        List<Double> shares = List.copyOf(shape.shares().values());
        for (int i = 0; i < 3; i++) {
            assertThat(shares.get(i)).isCloseTo((double) found[i] / looks, within(0.001));
        }
        assertThat(shape.owners()).hasSize(180).contains(0, 1);
        assertThat(shape.owners().get(0)).isEqualTo(ring.owner(0));
    }

    @Test
    void shape_ofOnePoint_isWholeItsOwn() {
        RingShape shape = HashRing.of(new String[] {"a"}, new int[] {1}).shape(4);

        assertThat(shape.shares()).isEqualTo(Map.of("a", 1.0));
        assertThat(shape.owners()).containsExactly(0, 0, 0, 0);
    }

    @Test
    void owner_atAPoint_isThatPoints() {
        HashRing ring = ring(50, 160);
        for (int node = 0; node < 50; node++) {
            LongHashFunction hash = LongHashFunction.xx(HashKeys.of(Fleet.id(node)));
            for (int v = 0; v < 160; v++) {
                assertThat(ring.owner(hash.hashLong(v) & (UP_TO_43_BITS << 1))).isEqualTo(node);
            }
        }
    }

    @Test
    void of_oneHundredNodes_noShareAboveOneAndAThird() {
        HashRing ring = ring(100, 160);
        int keys = 1_000_000;
        int[] counts = new int[100];
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < keys; i++) {
            counts[ring.owner(random.nextLong())]++;
        }

        assertThat(Arrays.stream(counts).max().orElseThrow() / (keys / 100.0)).isLessThan(1.35);
        assertThat(Arrays.stream(counts).min().orElseThrow() / (keys / 100.0)).isGreaterThan(0.7);
        assertThat(ring.size()).isEqualTo(16_000);
    }

    @Test
    void of_noneOrWrong_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HashRing.of(new String[0], new int[0]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HashRing.of(new String[1 << 20], new int[1 << 20]));
    }

    @Test
    void isOf_comparesIdsAndPoints() {
        HashRing ring = HashRing.of(new String[] {"a", "b"}, new int[] {1, 2});

        assertThat(ring.isOf(new String[] {"a", "b"}, new int[] {1, 2})).isTrue();
        assertThat(ring.isOf(new String[] {"a", "c"}, new int[] {1, 2})).isFalse();
        assertThat(ring.isOf(new String[] {"a", "b"}, new int[] {1, 1})).isFalse();
    }

    @Test
    void pointsPerMember_smallWeights_areVirtualNodesPerUnit() {
        assertThat(RingTable.pointsPerMember(new int[] {1, 2, 5}, 1, 160))
                .containsExactly(160, 320, 800);
    }

    @Test
    void pointsPerMember_scaledWeights_keepTheUnit() {
        assertThat(RingTable.pointsPerMember(new int[] {20, 2, 11}, 20, 160))
                .containsExactly(160, 16, 88);
    }

    @Test
    void pointsPerMember_hugeWeights_areHalvedUntilTheyFit() {
        int[] points = RingTable.pointsPerMember(new int[] {1_000, 1_000, 1_000, 1}, 1, 160);

        assertThat(points).containsExactly(80_000, 80_000, 80_000, 80);
        assertThat(IntStream.of(points).sum()).isLessThanOrEqualTo(RingTable.MOST_POINTS);
    }

    @Test
    void pointsPerMember_greatestWeights_keepEveryMember() {
        int[] points =
                RingTable.pointsPerMember(
                        new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE, 1}, 1, 160);

        assertThat(points[2]).isEqualTo(1);
        assertThat(IntStream.of(points).sum()).isLessThanOrEqualTo(RingTable.MOST_POINTS);
    }

    @Test
    void pointsPerMember_manyMembersOfWeightOne_keepTheirVirtualNodes() {
        int[] weights = IntStream.generate(() -> 1).limit(10_000).toArray();

        assertThat(RingTable.pointsPerMember(weights, 1, 160)).containsOnly(160);
    }

    private static HashRing ring(int n, int points) {
        return HashRing.of(
                IntStream.range(0, n).mapToObj(Fleet::id).toArray(String[]::new),
                IntStream.generate(() -> points).limit(n).toArray());
    }
}
