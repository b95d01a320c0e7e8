package io.sluice.lifecycle.spring;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.lifecycle.DrainState;
import io.sluice.observe.MetricNames;
import java.util.Locale;

/** Shows the drain's state as one gauge for each: 1 for the one that holds, 0 for the others. */
final class DrainMeters {

    DrainMeters(Drain drain, MeterRegistry registry) {
        for (DrainState state : DrainState.values()) {
            Gauge.builder(MetricNames.DRAIN_STATE, drain, d -> d.state() == state ? 1 : 0)
                    .description("Where the drain stands: 1 for the state that holds")
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }
}
