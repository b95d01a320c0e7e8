package io.sluice.auth.spring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the fetches of one issuer's keys, {@code sluice.auth.key.refreshes} by {@code issuer} and
 * {@code outcome}, and shows how old the keys are, {@code sluice.auth.key.age} in seconds.
 */
final class KeyMeters {

    /** The values of the tag {@code outcome}. */
    enum Outcome {
        /** A usable set came. */
        FETCHED,
        /** An answer came that is no usable set; the old one stays. */
        REJECTED,
        /** No answer came. */
        FAILED
    }

    private static final String AGE = "sluice.auth.key.age";

    private final @Nullable MeterRegistry registry;
    private final String issuer;
    private final Map<Outcome, Counter> counters = new EnumMap<>(Outcome.class);

    /**
     * @param registry null: nothing is counted
     * @param issuer as configured, so there are as many as issuers
     */
    KeyMeters(@Nullable MeterRegistry registry, String issuer) {
        this.registry = registry;
        this.issuer = issuer;
        if (registry == null) {
            return;
        }
        for (Outcome outcome : Outcome.values()) {
            Counter counter =
                    Counter.builder("sluice.auth.key.refreshes")
                            .description("Fetches of an issuer's keys")
                            .tag("issuer", issuer)
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(registry);
            counters.put(outcome, counter);
        }
    }

    /**
     * @param seconds since the keys in use were fetched; NaN while there are none
     */
    void showAge(DoubleSupplier seconds) {
        if (registry != null) {
            registry.find(AGE).tag("issuer", issuer).meters().forEach(registry::remove);
            Gauge.builder(AGE, seconds::getAsDouble)
                    .description("Time since the keys in use were fetched")
                    .baseUnit("seconds")
                    .tag("issuer", issuer)
                    .register(registry);
        }
    }

    void count(Outcome outcome) {
        Counter counter = counters.get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }
}
