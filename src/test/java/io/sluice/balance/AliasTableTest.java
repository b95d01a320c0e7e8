package io.sluice.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AliasTableTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void draw_manyTimes_sharesAreTheWeights(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] weights = IntStream.range(0, 30).map(i -> 1 + random.nextInt(1000)).toArray();
        AliasTable table = AliasTable.of(weights);
        int draws = 300_000;
        int[] counts = new int[weights.length];
        for (int i = 0; i < draws; i++) {
            counts[table.draw(random.nextLong())]++;
        }

        double sum = IntStream.of(weights).sum();
        for (int i = 0; i < weights.length; i++) {
            double share = weights[i] / sum;
            assertThat((double) counts[i])
                    .as("seed %d, member %d", seed, i)
                    .isCloseTo(draws * share, within(4.5 * Math.sqrt(draws * share)));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE})
    void draw_extremeBits_isAMember(long bits) {
        assertThat(AliasTable.of(new int[] {3}).draw(bits)).isZero();
        assertThat(AliasTable.of(new int[] {3, 1, 1}).draw(bits)).isBetween(0, 2);
    }
}
