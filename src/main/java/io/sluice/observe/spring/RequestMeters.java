package io.sluice.observe.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.observe.MetricNames;
import io.sluice.observe.RequestOutcome;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/**
 * The timers of {@code sluice_requests_seconds}, resolved once per route, status and outcome.
 * Labels are bounded: routes come from configuration, statuses from HTTP. Thread-safe.
 */
final class RequestMeters {

    private record Key(String route, int status, RequestOutcome outcome) {}

    private final MeterRegistry registry;
    private final ConcurrentMap<Key, Timer> timers = new ConcurrentHashMap<>();

    RequestMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void record(String route, int status, RequestOutcome outcome, long nanos) {
        Key key = new Key(route, status, outcome);
        Timer timer = timers.get(key);
        if (timer == null) {
            timer = timers.computeIfAbsent(key, this::timer);
        }
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(Key key) {
        return Timer.builder(MetricNames.REQUESTS)
                .description("Requests to the traffic port, from arrival to the last byte")
                .tag("route", key.route())
                .tag("status", Integer.toString(key.status()))
                .tag("outcome", key.outcome().label())
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(2),
                        Duration.ofMillis(5),
                        Duration.ofMillis(10),
                        Duration.ofMillis(25),
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(250),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofMillis(2500),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30))
                .register(registry);
    }
}
