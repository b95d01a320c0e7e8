package io.sluice.edge.spring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.edge.Cut;
import io.sluice.observe.MetricNames;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Counts what was cut, by reason: {@code sluice_connections_cut_total}. Thread-safe. */
final class CutMeters implements Consumer<Cut> {

    private final List<Counter> byOrdinal;

    CutMeters(MeterRegistry registry) {
        byOrdinal =
                Arrays.stream(Cut.values())
                        .map(
                                cut ->
                                        Counter.builder(MetricNames.CUT)
                                                .description(
                                                        "Connections and requests ended because of"
                                                                + " the client")
                                                .tag("reason", cut.name().toLowerCase(Locale.ROOT))
                                                .register(registry))
                        .toList();
    }

    @Override
    public void accept(Cut cut) {
        byOrdinal.get(cut.ordinal()).increment();
    }
}
