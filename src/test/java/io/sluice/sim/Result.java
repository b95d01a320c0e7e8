package io.sluice.sim;

import java.util.Arrays;

/**
 * What a run measured.
 *
 * @param times of all requests, failed ones too, sorted, in nanoseconds
 * @param picks attempts at each instance
 * @param failed requests that ended with an error
 */
record Result(Scenario scenario, Contender contender, long[] times, long[] picks, long failed) {

    /** The exact quantile in milliseconds. */
    double millis(double quantile) {
        int at = (int) Math.ceil(quantile * times.length) - 1;
        return times[Math.max(0, at)] / 1e6;
    }

    /** The share of requests that took no longer than this. */
    double within(double millis) {
        int at = Arrays.binarySearch(times, (long) (millis * 1e6) + 1);
        return (double) (at < 0 ? -at - 1 : at) / times.length;
    }

    double failedShare() {
        return (double) failed / times.length;
    }

    /** The picks of each instance as a multiple of the mean. */
    double[] shares() {
        double mean = Arrays.stream(picks).sum() / (double) picks.length;
        return Arrays.stream(picks).mapToDouble(count -> count / mean).toArray();
    }

    double leastShare() {
        return Arrays.stream(shares()).min().orElseThrow();
    }

    double mostShare() {
        return Arrays.stream(shares()).max().orElseThrow();
    }

    /** The part of all picks that the marked instances got. */
    double markedPart() {
        long marked = 0;
        for (int i = 0; i < picks.length; i++) {
            marked += scenario.fleet().get(i).marked() ? picks[i] : 0;
        }
        return (double) marked / Arrays.stream(picks).sum();
    }

    boolean anyMarked() {
        return scenario.fleet().stream().anyMatch(InstanceSpec::marked);
    }
}
