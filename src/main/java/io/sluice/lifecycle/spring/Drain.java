package io.sluice.lifecycle.spring;

import io.sluice.lifecycle.DrainPlan;
import io.sluice.lifecycle.DrainState;
import io.sluice.pipeline.Closing;
import io.sluice.pipeline.InFlight;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Runs a {@link DrainPlan} as the first step of the context's stop, before the web server's own
 * graceful shutdown: readiness goes down, requests are still taken, streams are ended one by one.
 */
final class Drain implements SmartLifecycle, Closing {

    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    private static final Duration TICK = Duration.ofMillis(25);

    /** How long the last streams may take to say goodbye before the listener closes. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final DrainPlan plan;
    private final InFlight inFlight;
    private final ApplicationContext context;
    private final AtomicLong streamNumbers = new AtomicLong();
    private final Map<Long, Sinks.Empty<Void>> streams = new ConcurrentHashMap<>();
    private volatile boolean running;

    /** Only the drain's own thread touches it. */
    private long farewellEndNanos;

    /** Set before the last look at the streams, so that one that comes later closes itself. */
    private volatile boolean closed;

    Drain(DrainPlan plan, InFlight inFlight, ApplicationContext context) {
        this.plan = plan;
        this.inFlight = inFlight;
        this.context = context;
    }

    /** Stopped first of all beans. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public void stop() {
        plan.startForGood();
        running = false;
    }

    @Override
    public void stop(Runnable callback) {
        plan.startForGood();
        AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
        LOG.info("draining: {} requests in flight, {} streams", inFlight.open(), streams.size());
        ScheduledExecutorService ticks =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread thread = new Thread(task, "sluice-drain");
                            thread.setDaemon(true);
                            return thread;
                        });
        ticks.scheduleAtFixedRate(
                () -> tick(ticks, callback), 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tick(ScheduledExecutorService ticks, Runnable callback) {
        streams.forEach(
                (number, close) -> {
                    if (plan.closesStream(number)) {
                        close.tryEmitEmpty();
                    }
                });
        if (plan.state(streams.size()) != DrainState.CLOSED) {
            return;
        }
        if (!closed) {
            closed = true;
            farewellEndNanos = System.nanoTime() + FAREWELL.toNanos();
            streams.values().forEach(Sinks.Empty::tryEmitEmpty);
        }
        if (streams.isEmpty() || System.nanoTime() - farewellEndNanos >= 0) {
            running = false;
            ticks.shutdown();
            callback.run();
        }
    }

    @Override
    public boolean draining() {
        return plan.closesConnections();
    }

    @Override
    public void arrived() {
        plan.arrived();
    }

    @Override
    public Mono<Void> streamsClose(Mono<Void> farewell) {
        return Mono.defer(
                () -> {
                    long number = streamNumbers.incrementAndGet();
                    Sinks.Empty<Void> close = Sinks.empty();
                    streams.put(number, close);
                    if (closed) {
                        close.tryEmitEmpty();
                    }
                    return close.asMono()
                            .then(farewell)
                            .doFinally(signal -> streams.remove(number));
                });
    }
}
