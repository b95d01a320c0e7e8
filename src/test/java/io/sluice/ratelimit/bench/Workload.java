package io.sluice.ratelimit.bench;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What is asked.
 *
 * @param limits decided together
 * @param keys how many different users ask
 * @param exponent of their Zipf distribution; 0 is uniform
 * @param gateways 1 or 2, that take turns
 * @param skewMicros how far the second one's clock is off
 */
record Workload(
        String name, List<Limit> limits, int keys, double exponent, int gateways, long skewMicros) {

    private static final int STREAM = 1 << 18;
    private static final List<Limit> USER = List.of(new Limit("per-user", "user", 100, 100));

    /** Questions per second where the load is given; the hot keys' limits relate to it. */
    static final int OFFERED = 10_000;

    static final Workload UNIFORM = new Workload("uniform", USER, 100_000, 0, 1, 0);

    static List<Workload> all() {
        return List.of(
                UNIFORM,
                new Workload("zipf-1.1", USER, 100_000, 1.1, 1, 0),
                hot("hot-below", 100 * OFFERED, 1, 0),
                hot("hot-10x", OFFERED / 10, 1, 0),
                hot("hot-100x", OFFERED / 100, 1, 0),
                new Workload(
                        "three-policies",
                        List.of(
                                new Limit("global", "global", 1_000_000, 1_000_000),
                                new Limit("per-ip", "ip", 200, 200),
                                new Limit("per-user", "user", 100, 100)),
                        100_000,
                        0,
                        1,
                        0),
                hot("two-gateways", OFFERED / 10, 2, 0),
                hot("two-gateways-100ms", OFFERED / 10, 2, 100_000));
    }

    private static Workload hot(String name, int perSecond, int gateways, long skewMicros) {
        Limit limit = new Limit("per-user", "user", perSecond, perSecond);
        return new Workload(name, List.of(limit), 1, 0, gateways, skewMicros);
    }

    /** Who asks, in turn; to be read round and round. */
    int[] stream(RandomGenerator random) {
        int[] stream = new int[STREAM];
        double[] upTo = exponent == 0 ? null : cumulated();
        for (int i = 0; i < STREAM; i++) {
            stream[i] = upTo == null ? random.nextInt(keys) : find(upTo, random.nextDouble());
        }
        return stream;
    }

    private double[] cumulated() {
        double[] upTo = new double[keys];
        double sum = 0;
        for (int i = 0; i < keys; i++) {
            sum += Math.pow(i + 1, -exponent);
            upTo[i] = sum;
        }
        for (int i = 0; i < keys; i++) {
            upTo[i] /= sum;
        }
        return upTo;
    }

    private static int find(double[] upTo, double point) {
        int at = java.util.Arrays.binarySearch(upTo, point);
        return Math.min(upTo.length - 1, at < 0 ? -at - 1 : at);
    }
}
