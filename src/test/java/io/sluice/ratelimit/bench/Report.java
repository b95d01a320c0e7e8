package io.sluice.ratelimit.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes what was measured: {@code ratelimit.json} with everything, {@code ratelimit.md} to read.
 */
final class Report {

    private final Server server;
    private final List<Cell> cells;
    private final RawLimit raw;
    private final Extras extras;
    private final int rounds;
    private final long phaseNanos;

    Report(
            Server server,
            List<Cell> cells,
            RawLimit raw,
            Extras extras,
            int rounds,
            long phaseNanos) {
        this.server = server;
        this.cells = cells;
        this.raw = raw;
        this.extras = extras;
        this.rounds = rounds;
        this.phaseNanos = phaseNanos;
    }

    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        Files.writeString(directory.resolve("ratelimit.json"), json.writeValueAsString(all()));
        String tables = new Tables(cells, raw, extras).text();
        Files.writeString(directory.resolve("ratelimit.md"), tables);
        System.out.println(tables);
    }

    private Map<String, Object> all() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("time", Instant.now().toString());
        all.put("java", System.getProperty("java.runtime.version"));
        all.put("redis", server.version());
        all.put("rounds", rounds);
        all.put("phase-millis", phaseNanos / 1_000_000);
        all.put("questions-out", RateLimitBench.OUT);
        all.put("offered-per-second", Workload.OFFERED);
        all.put("raw-evalsha-per-second", raw.perSecond());
        all.put("cells", cells.stream().map(Report::cell).toList());
        all.put("bytes-per-key", extras.bytesPerKey);
        all.put("coalescing-by-arrivals-per-round-trip", extras.trips);
        Map<String, Object> frozen = new LinkedHashMap<>();
        extras.frozen.forEach((name, seen) -> frozen.put(name, frozen(seen)));
        all.put("redis-frozen", frozen);
        return all;
    }

    private static Map<String, Object> cell(Cell cell) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("workload", cell.workload.name());
        map.put("contender", cell.contender.name());
        map.put("decisions-per-second", cell.perSecond);
        map.put("saturated", part(cell.saturated));
        map.put("offered", part(cell.offered));
        map.put("added-micros", micros(cell.latency));
        map.put("denied-at-once", cell.deniedAtOnce.getTotalCount());
        map.put("denied-at-once-micros", micros(cell.deniedAtOnce));
        map.put("worst-admitted-over-bound", cell.worst.ratio());
        map.put("worst-tokens-above-bound", cell.worst.excess());
        return map;
    }

    private static Map<String, Object> part(Cell.Part part) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("decisions", part.decisions);
        map.put("allowed", part.allowed);
        map.put("failed", part.failed);
        map.put("not-asked", part.unasked);
        map.put("lost", part.lost);
        map.put("redis-commands-per-decision", part.calls());
        map.put("redis-cpu-micros-per-decision", part.redisMicros());
        map.put("own-cpu-micros-per-decision", part.ownMicros());
        map.put("bytes-allocated-per-decision", part.bytes());
        return map;
    }

    private static Map<String, Object> frozen(Extras.Frozen seen) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("decisions", seen.decisions());
        map.put("waited-25-ms-or-longer", seen.waited());
        map.put("longest-millis", seen.mostMillis());
        map.put("micros-from-100-ms-on", micros(seen.latency()));
        return map;
    }

    private static List<Double> micros(Histogram histogram) {
        List<Double> micros = new ArrayList<>();
        for (double percentile : new double[] {50, 99, 99.9, 100}) {
            micros.add(
                    histogram.getTotalCount() == 0
                            ? null
                            : histogram.getValueAtPercentile(percentile) / 1e3);
        }
        return micros;
    }

    static String number(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        String form = value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : value >= 1 ? "%.2f" : "%.4f";
        return String.format(Locale.ROOT, form, value);
    }
}
