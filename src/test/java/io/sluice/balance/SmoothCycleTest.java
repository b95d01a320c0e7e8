package io.sluice.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmoothCycleTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5 1 1    | aabacaa",
                "4 2 1    | abacaba",
                "3 2 1    | abacba",
                "1 2 3 4  | dcbdacdbcd",
                "1 1 1    | abc",
                "7        | aaaaaaa",
            })
    void of_knownWeights_isNginxsOrder(String weights, String order) {
        char[] cycle = SmoothCycle.of(ints(weights));

        StringBuilder letters = new StringBuilder();
        for (char member : cycle) {
            letters.append((char) ('a' + member));
        }
        assertThat(letters).hasToString(order);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void of_randomWeights_isWhatNginxDoesStepByStep(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 30; round++) {
            int[] weights = weights(random, 1 + random.nextInt(60), 1 + random.nextInt(40));

            assertThat(SmoothCycle.of(weights))
                    .as("seed %d, %s", seed, Arrays.toString(weights))
                    .isEqualTo(naive(weights));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void of_randomWeights_everyPrefixIsWithinOneOfItsShare(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 20; round++) {
            int[] weights = weights(random, 1 + random.nextInt(100), 1 + random.nextInt(100));
            assertThat(greatestPrefixError(weights))
                    .as("seed %d, %s", seed, Arrays.toString(weights))
                    .isLessThan(1);
        }
    }

    @Test
    void of_oneHeavyAmongMany_everyPrefixIsWithinOneOfItsShare() {
        int[] weights =
                IntStream.concat(IntStream.of(100), IntStream.generate(() -> 1).limit(100))
                        .toArray();

        assertThat(greatestPrefixError(weights)).isLessThan(1);
    }

    @Test
    void of_tenThousandMembers_countsAreTheWeights() {
        int[] weights = IntStream.range(0, 10_000).map(i -> 1 + i % 7).toArray();
        int[] counts = new int[weights.length];
        for (char member : SmoothCycle.of(weights)) {
            counts[member]++;
        }

        assertThat(counts).isEqualTo(weights);
    }

    @Test
    void reduced_dividesByTheGreatestCommonDivisor() {
        assertThat(SmoothCycle.reduced(new int[] {100, 50, 150})).containsExactly(2, 1, 3);
        assertThat(SmoothCycle.reduced(new int[] {7})).containsExactly(1);
        assertThat(SmoothCycle.reduced(new int[] {3, 5})).containsExactly(3, 5);
    }

    @Test
    void fits_upToTheGreatestLength() {
        assertThat(SmoothCycle.fits(new int[] {65_535, 1})).isTrue();
        assertThat(SmoothCycle.fits(new int[] {65_536, 1})).isFalse();
        assertThat(SmoothCycle.fits(new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE})).isFalse();
    }

    private static double greatestPrefixError(int[] weights) {
        double sum = IntStream.of(weights).sum();
        int[] counts = new int[weights.length];
        double greatest = 0;
        int picks = 0;
        for (char member : SmoothCycle.of(weights)) {
            counts[member]++;
            picks++;
            for (int i = 0; i < weights.length; i++) {
                greatest = Math.max(greatest, Math.abs(counts[i] - picks * weights[i] / sum));
            }
        }
        return greatest;
    }

    /** Current weights as nginx keeps them. */
    private static char[] naive(int[] weights) {
        int sum = IntStream.of(weights).sum();
        int[] current = new int[weights.length];
        char[] order = new char[sum];
        for (int step = 0; step < sum; step++) {
            int best = -1;
            for (int i = 0; i < weights.length; i++) {
                current[i] += weights[i];
                if (best < 0 || current[i] > current[best]) {
                    best = i;
                }
            }
            current[best] -= sum;
            order[step] = (char) best;
        }
        assertThat(current).containsOnly(0);
        return order;
    }

    private static int[] weights(SplittableRandom random, int n, int most) {
        return IntStream.range(0, n).map(i -> 1 + random.nextInt(most)).toArray();
    }

    private static int[] ints(String text) {
        return Arrays.stream(text.trim().split(" ")).mapToInt(Integer::parseInt).toArray();
    }
}
