package io.sluice.balance;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One period of nginx's smooth weighted round robin: on every step each member gains its weight,
 * the one that has most is chosen and loses the sum; of equals the first. Weights 5, 1, 1 give a a
 * b a c a a. After as many steps as the weights add up to all are back at zero, so one period is
 * all there is to know.
 *
 * <p>Members of equal weight gain alike, so among them the turn goes round and only the one whose
 * turn it is need be compared with the other weights'. A sum of 65,536 has room for 361 different
 * weights at most, which bounds the work whatever the number of members.
 *
 * <p>Source: nginx, {@code ngx_http_upstream_round_robin.c}.
 */
final class SmoothCycle {

    /** Longest period that is worked out; its indices fit a {@code char}. */
    static final int MAX_LENGTH = 1 << 16;

    private SmoothCycle() {}

    /** Members of one weight, in the order of their turns. */
    private static final class Rank {

        final int weight;
        final int[] members;
        int turn;

        /** What the member whose turn it is has gained. */
        int gained;

        Rank(int weight, int[] members) {
            this.weight = weight;
            this.members = members;
        }

        int next() {
            return members[turn];
        }

        /** The turn passes on; once it is round, all have been chosen once more. */
        void choose(int sum) {
            turn++;
            if (turn == members.length) {
                turn = 0;
                gained -= sum;
            }
        }
    }

    /** The weights divided by their greatest common divisor. */
    static int[] reduced(int[] weights) {
        int divisor = 0;
        for (int weight : weights) {
            divisor = gcd(divisor, weight);
        }
        int[] reduced = new int[weights.length];
        for (int i = 0; i < weights.length; i++) {
            reduced[i] = weights[i] / divisor;
        }
        return reduced;
    }

    /** Whether the period of these positive weights is short enough to be worked out. */
    static boolean fits(int[] weights) {
        return Arrays.stream(weights).asLongStream().sum() <= MAX_LENGTH;
    }

    /**
     * @param weights positive, {@link #fits fitting}
     * @return for each step the index of the member whose turn it is
     */
    static char[] of(int[] weights) {
        Rank[] ranks = ranks(weights);
        int sum = Arrays.stream(weights).sum();
        char[] cycle = new char[sum];
        for (int step = 0; step < sum; step++) {
            Rank most = ranks[0];
            for (Rank rank : ranks) {
                rank.gained += rank.weight;
                if (rank.gained > most.gained
                        || (rank.gained == most.gained && rank.next() < most.next())) {
                    most = rank;
                }
            }
            cycle[step] = (char) most.next();
            most.choose(sum);
        }
        return cycle;
    }

    private static Rank[] ranks(int[] weights) {
        return IntStream.range(0, weights.length)
                .boxed()
                .collect(Collectors.groupingBy(i -> weights[i]))
                .entrySet()
                .stream()
                .map(e -> new Rank(e.getKey(), ints(e.getValue())))
                .toArray(Rank[]::new);
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
