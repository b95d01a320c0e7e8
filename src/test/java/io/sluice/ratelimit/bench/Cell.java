package io.sluice.ratelimit.bench;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** All rounds of one contender under one workload. */
final class Cell {

    private static final long LONGEST_NANOS = 3_600_000_000_000L;

    final Contender contender;
    final Workload workload;

    /** Of the phases with a fixed number of questions out, one per round. */
    final List<Double> perSecond = new ArrayList<>();

    final Part saturated = new Part();

    /** Of the phases with a given load. */
    final Part offered = new Part();

    final Histogram latency = new Histogram(LONGEST_NANOS, 3);
    final Histogram deniedAtOnce = new Histogram(LONGEST_NANOS, 3);
    Admissions.Worst worst = Admissions.Worst.NONE;

    /** Sums over phases of a kind. */
    static final class Part {
        long decisions;
        long allowed;
        long failed;
        long unasked;
        long lost;
        long commands;
        Server.Used used = new Server.Used(0, 0, 0, 0);

        void add(Driver.Seen seen, Meter.Reading more) {
            decisions += seen.decisions;
            allowed += seen.allowed;
            failed += seen.failed;
            unasked += seen.unasked;
            lost += seen.lost;
            commands += more.commands();
            used = used.plus(more.used());
        }

        double calls() {
            return (double) commands / decisions;
        }

        double redisMicros() {
            return used.redisSeconds() * 1e6 / decisions;
        }

        double ownMicros() {
            return used.ownNanos() / 1e3 / decisions;
        }

        double bytes() {
            return (double) used.allocated() / decisions;
        }
    }

    Cell(Contender contender, Workload workload) {
        this.contender = contender;
        this.workload = workload;
    }

    void latencies(Driver.Seen seen) {
        latency.add(seen.latency);
        deniedAtOnce.add(seen.deniedAtOnce);
    }
}
