package io.sluice.console.spring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.sluice.console.Counts;
import io.sluice.console.Observation.Decisions;
import io.sluice.observe.MetricNames;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads what the meters have counted; counts nothing itself. */
final class RequestCounts {

    private static final String DECISIONS = "sluice.ratelimit.decisions";

    private final MeterRegistry registry;

    RequestCounts(MeterRegistry registry) {
        this.registry = registry;
    }

    /** By route id. */
    Map<String, Counts> byRoute() {
        Map<String, Counts> found = new HashMap<>();
        for (Timer timer : registry.find(MetricNames.REQUESTS).timers()) {
            found.merge(tag(timer, "route"), counts(timer), Counts::plus);
        }
        return found;
    }

    private static Counts counts(Timer timer) {
        HistogramSnapshot snapshot = timer.takeSnapshot();
        CountAtBucket[] buckets = snapshot.histogramCounts();
        double[] bounds = new double[buckets.length];
        double[] atMost = new double[buckets.length];
        for (int i = 0; i < buckets.length; i++) {
            bounds[i] = buckets[i].bucket(TimeUnit.MILLISECONDS);
            atMost[i] = buckets[i].count();
        }
        double count = snapshot.count();
        String outcome = tag(timer, "outcome");
        return new Counts(
                count,
                outcome.equals("client_error") ? count : 0,
                outcome.equals("server_error") ? count : 0,
                outcome.equals("cancelled") ? count : 0,
                bounds,
                atMost);
    }

    /** By policy, then by source. */
    Map<String, Map<String, Decisions>> byPolicy() {
        Map<String, Map<String, Decisions>> found = new HashMap<>();
        for (Counter counter : registry.find(DECISIONS).counters()) {
            found.computeIfAbsent(tag(counter, "policy"), policy -> new HashMap<>())
                    .merge(tag(counter, "source"), decisions(counter), RequestCounts::sum);
        }
        return found;
    }

    private static Decisions decisions(Counter counter) {
        double count = counter.count();
        return switch (tag(counter, "decision")) {
            case "allowed" -> new Decisions(count, 0, 0);
            case "denied" -> new Decisions(0, count, 0);
            default -> new Decisions(0, 0, count);
        };
    }

    private static Decisions sum(Decisions one, Decisions other) {
        return new Decisions(
                one.allowed() + other.allowed(),
                one.denied() + other.denied(),
                one.shadowDenied() + other.shadowDenied());
    }

    private static String tag(Meter meter, String name) {
        @Nullable String value = meter.getId().getTag(name);
        return value == null ? "" : value;
    }
}
