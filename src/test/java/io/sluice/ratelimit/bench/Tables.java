package io.sluice.ratelimit.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The figures as Markdown. */
final class Tables {

    private final List<Cell> cells;
    private final RawLimit raw;
    private final Extras extras;
    private final StringBuilder text = new StringBuilder();

    Tables(List<Cell> cells, RawLimit raw, Extras extras) {
        this.cells = cells;
        this.raw = raw;
        this.extras = extras;
    }

    String text() {
        row("raw `redis-benchmark EVALSHA`", "calls/s: median (least - most)");
        rule(2);
        for (Map.Entry<String, List<Double>> way : raw.perSecond().entrySet()) {
            row(way.getKey(), spread(way.getValue()));
        }
        for (Workload workload : Workload.all()) {
            text.append("\n### ").append(workload.name()).append("\n\n");
            workload(workload);
        }
        text.append("\n### others\n\n");
        others();
        return text.toString();
    }

    private void workload(Workload workload) {
        row(
                "limiter",
                "decisions/s: median (least - most)",
                "added µs: p50 · p99 · p99.9",
                "Redis calls",
                "Redis CPU µs",
                "own CPU µs",
                "bytes allocated",
                "worst window ÷ bound",
                "tokens above it");
        rule(9);
        for (Cell cell : cells) {
            if (!cell.workload.equals(workload)) {
                continue;
            }
            Cell.Part part = cell.offered;
            row(
                    cell.contender.name(),
                    spread(cell.perSecond),
                    micros(cell.latency),
                    Report.number(part.calls()),
                    Report.number(part.redisMicros()),
                    Report.number(part.ownMicros()),
                    Report.number(part.bytes()),
                    Report.number(cell.worst.ratio()),
                    Long.toString(cell.worst.excess()));
        }
        for (Cell cell : cells) {
            Cell.Part part = cell.offered;
            if (cell.workload.equals(workload) && part.failed + part.unasked + part.lost > 0) {
                text.append("\n")
                        .append(cell.contender.name())
                        .append(" did not keep up: of ")
                        .append(part.decisions + part.unasked + part.lost)
                        .append(" failed ")
                        .append(part.failed)
                        .append(", not even asked ")
                        .append(part.unasked + part.lost)
                        .append("\n");
            }
        }
        for (Cell cell : cells) {
            if (cell.workload.equals(workload)
                    && cell.contender instanceof Ours
                    && cell.deniedAtOnce.getTotalCount() > 0) {
                text.append("\nDenied by ")
                        .append(cell.contender.name())
                        .append(" without Redis: ")
                        .append(cell.deniedAtOnce.getTotalCount())
                        .append(", µs p50 · p99 · p99.9: ")
                        .append(micros(cell.deniedAtOnce))
                        .append("\n");
            }
        }
    }

    private void others() {
        row("limiter", "bytes per key");
        rule(2);
        extras.bytesPerKey.forEach((name, bytes) -> row(name, Report.number(bytes)));
        text.append("\n");
        row("arrivals per round trip", "Redis calls per decision");
        rule(2);
        for (Extras.Trips trips : extras.trips.values()) {
            row(Report.number(trips.arrivals()), Report.number(trips.callsPerDecision()));
        }
        text.append("\n");
        row(
                "Redis stands still",
                "decisions",
                "waited 25 ms or longer",
                "longest, ms",
                "µs from 100 ms on: p50 · p99 · p99.9");
        rule(5);
        extras.frozen.forEach(
                (name, seen) ->
                        row(
                                name,
                                Long.toString(seen.decisions()),
                                Long.toString(seen.waited()),
                                Report.number(seen.mostMillis()),
                                micros(seen.latency())));
    }

    private static String spread(List<Double> numbers) {
        return Report.number(Stats.median(numbers))
                + " ("
                + Report.number(Stats.least(numbers))
                + " - "
                + Report.number(Stats.most(numbers))
                + ")";
    }

    private static String micros(Histogram histogram) {
        List<String> parts = new ArrayList<>();
        for (double percentile : new double[] {50, 99, 99.9}) {
            parts.add(Report.number(histogram.getValueAtPercentile(percentile) / 1e3));
        }
        return String.join(" · ", parts);
    }

    private void row(String... columns) {
        text.append("| ").append(String.join(" | ", columns)).append(" |\n");
    }

    private void rule(int columns) {
        text.append("|").append("---|".repeat(columns)).append("\n");
    }
}
