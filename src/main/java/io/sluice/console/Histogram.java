package io.sluice.console;

import java.util.OptionalDouble;

/**
 * Durations counted in buckets, as Prometheus counts them: each bucket holds all that are not
 * longer than its bound. Immutable, but for the arrays, which nobody may change.
 *
 * @param boundsMillis upper bounds in milliseconds, ascending
 * @param counts durations up to each bound, never falling from one bound to the next
 * @param total all durations, those above the last bound too
 */
record Histogram(double[] boundsMillis, double[] counts, double total) {

    static final Histogram EMPTY = new Histogram(new double[0], new double[0], 0);

    /** What was counted since another reading; all of it where the counters began anew. */
    Histogram since(Histogram before) {
        if (before.total > total || before.counts.length != counts.length) {
            return this;
        }
        double[] more = new double[counts.length];
        for (int i = 0; i < more.length; i++) {
            more[i] = Math.max(0, counts[i] - before.counts[i]);
        }
        return new Histogram(boundsMillis, more, total - before.total);
    }

    Histogram plus(Histogram other) {
        if (counts.length == 0) {
            return other;
        }
        if (other.counts.length != counts.length) {
            return this;
        }
        double[] sum = new double[counts.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = counts[i] + other.counts[i];
        }
        return new Histogram(boundsMillis, sum, total + other.total);
    }

    /**
     * The duration that this part of all does not exceed, in milliseconds. Within a bucket
     * durations are taken to lie evenly, as Prometheus' {@code histogram_quantile} does; above the
     * last bound that bound is the answer. Empty where nothing was counted.
     *
     * @param part above 0 to 1
     */
    OptionalDouble quantile(double part) {
        if (total <= 0 || counts.length == 0) {
            return OptionalDouble.empty();
        }
        double rank = part * total;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] >= rank) {
                double below = i == 0 ? 0 : counts[i - 1];
                double from = i == 0 ? 0 : boundsMillis[i - 1];
                double inside = (rank - below) / (counts[i] - below);
                return OptionalDouble.of(from + (boundsMillis[i] - from) * inside);
            }
        }
        return OptionalDouble.of(boundsMillis[boundsMillis.length - 1]);
    }
}
