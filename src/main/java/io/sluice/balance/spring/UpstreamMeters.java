package io.sluice.balance.spring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.observe.MetricNames;
import io.sluice.upstream.EndpointSource;
import io.sluice.upstream.EndpointState;
import io.sluice.upstream.Outcome;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one upstream, resolved when an instance comes and removed when it goes, so that
 * churn leaves no series behind.
 */
final class UpstreamMeters {

    private record Instance(Map<Outcome, Timer> timers, List<Meter> meters) {}

    private final MeterRegistry registry;
    private final String upstream;
    private final Counter retries;
    private final Map<String, AtomicInteger> states = new HashMap<>();
    private final Map<String, Instance> instances = new ConcurrentHashMap<>();
    private final List<Meter> own = new ArrayList<>();
    private @Nullable Meter sourceUp;

    UpstreamMeters(MeterRegistry registry, String upstream) {
        this.registry = registry;
        this.upstream = upstream;
        for (String state : UpstreamStatus.STATES) {
            AtomicInteger count = new AtomicInteger();
            states.put(state, count);
            own.add(
                    Gauge.builder(MetricNames.UPSTREAM_INSTANCES, count, AtomicInteger::get)
                            .description("Instances of an upstream by state")
                            .tag("upstream", upstream)
                            .tag("state", state)
                            .register(registry));
        }
        this.retries =
                Counter.builder(MetricNames.UPSTREAM_RETRIES)
                        .description("Further attempts on another instance")
                        .tag("upstream", upstream)
                        .register(registry);
        own.add(retries);
    }

    /** The upstream's source: 1 while it answers, 0 while its last answer is used. */
    synchronized void source(EndpointSource source) {
        if (sourceUp != null) {
            registry.remove(sourceUp);
        }
        sourceUp =
                Gauge.builder(
                                MetricNames.UPSTREAM_SOURCE_UP,
                                source,
                                used -> used.trouble() == null ? 1 : 0)
                        .description("Whether the source of an upstream's instances answers")
                        .tag("upstream", upstream)
                        .strongReference(true)
                        .register(registry);
    }

    /** The upstream is gone, and its series with it. */
    synchronized void remove() {
        instances(
                Set.of(),
                id -> {
                    throw new IllegalStateException(id);
                });
        own.forEach(registry::remove);
        if (sourceUp != null) {
            registry.remove(sourceUp);
        }
    }

    void retried() {
        retries.increment();
    }

    void ended(String endpointId, Outcome outcome, long tookNanos) {
        Instance instance = instances.get(endpointId);
        if (instance != null) {
            Timer timer = instance.timers().get(outcome);
            if (timer != null) {
                timer.record(tookNanos, TimeUnit.NANOSECONDS);
            }
        }
    }

    /** Control thread: these are the instances now. */
    void instances(Set<String> ids, Function<String, EndpointState> states) {
        for (String id : ids) {
            if (!instances.containsKey(id)) {
                instances.put(id, instance(id, states.apply(id)));
            }
        }
        instances
                .entrySet()
                .removeIf(
                        entry -> {
                            boolean gone = !ids.contains(entry.getKey());
                            if (gone) {
                                entry.getValue().meters().forEach(registry::remove);
                            }
                            return gone;
                        });
    }

    /** Control thread: so many instances are in each state now. */
    void states(Map<String, Integer> counts) {
        states.forEach((state, count) -> count.set(counts.getOrDefault(state, 0)));
    }

    private Instance instance(String id, EndpointState state) {
        List<Meter> meters = new ArrayList<>();
        Map<Outcome, Timer> timers = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            Timer timer =
                    Timer.builder(MetricNames.UPSTREAM_REQUESTS)
                            .description("Attempts at an instance, from pick to last byte")
                            .tag("upstream", upstream)
                            .tag("instance", id)
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(registry);
            timers.put(outcome, timer);
            meters.add(timer);
        }
        meters.add(
                Gauge.builder(MetricNames.UPSTREAM_IN_FLIGHT, state, EndpointState::inFlight)
                        .description("Requests in flight at an instance")
                        .tag("upstream", upstream)
                        .tag("instance", id)
                        .register(registry));
        return new Instance(timers, meters);
    }
}
