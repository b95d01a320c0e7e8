package io.sluice.ratelimit.bench;

import java.util.Collection;

/** Middle and ends of a few numbers. */
final class Stats {

    private Stats() {}

    static double median(Collection<Double> numbers) {
        double[] sorted = numbers.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int half = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    static double least(Collection<Double> numbers) {
        return numbers.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
    }

    static double most(Collection<Double> numbers) {
        return numbers.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    }
}
