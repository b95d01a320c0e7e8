package io.sluice.reload.spring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.observe.MetricNames;
import io.sluice.pipeline.ActiveConfiguration;

/** The version that is active, and how often a change was taken or refused. */
final class ReloadMeters {

    private final Counter applied;
    private final Counter refused;

    ReloadMeters(MeterRegistry registry, ActiveConfiguration active) {
        Gauge.builder(MetricNames.CONFIG_VERSION, active, one -> one.current().version())
                .description("Configurations that this process has activated")
                .register(registry);
        this.applied = counter(registry, "applied");
        this.refused = counter(registry, "refused");
    }

    private static Counter counter(MeterRegistry registry, String result) {
        return Counter.builder(MetricNames.CONFIG_RELOADS)
                .description("Changed configurations by what became of them")
                .tag("result", result)
                .register(registry);
    }

    void applied() {
        applied.increment();
    }

    void refused() {
        refused.increment();
    }
}
