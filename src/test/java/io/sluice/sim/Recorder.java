package io.sluice.sim;

import io.sluice.upstream.Outcome;
import java.util.Arrays;

/** Books what happens from a moment on. */
final class Recorder {

    private final long fromNanos;
    private final long[] picks;
    private long[] times = new long[1 << 16];
    private int answered;
    private long failed;

    Recorder(int instances, long fromNanos) {
        this.picks = new long[instances];
        this.fromNanos = fromNanos;
    }

    void picked(int instance, long nowNanos) {
        if (nowNanos >= fromNanos) {
            picks[instance]++;
        }
    }

    void ended(long startNanos, long nowNanos, Outcome outcome) {
        if (startNanos < fromNanos) {
            return;
        }
        if (answered == times.length) {
            times = Arrays.copyOf(times, answered * 2);
        }
        times[answered++] = nowNanos - startNanos;
        if (outcome.failure()) {
            failed++;
        }
    }

    Result result(Scenario scenario, Contender contender) {
        long[] sorted = Arrays.copyOf(times, answered);
        Arrays.sort(sorted);
        return new Result(scenario, contender, sorted, picks, failed);
    }
}
