package io.sluice.lifecycle.spring;

import io.sluice.lifecycle.DrainPlan;
import io.sluice.lifecycle.DrainState;
import io.sluice.pipeline.Closing;
import io.sluice.pipeline.InFlight;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

/**
 * Runs a {@link DrainPlan}: readiness goes down, requests are still taken, streams are ended one by
 * one. As the first step of the context's stop it is followed by the web server's own graceful
 * shutdown; started by hand it can be taken back, and whoever still comes is served.
 */
final class Drain implements SmartLifecycle, Closing {

    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    private static final Duration TICK = Duration.ofMillis(25);

    /** How long the last streams may take to say goodbye before the listener closes. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final DrainPlan plan;
    private final InFlight inFlight;
    private final ApplicationContext context;
    private final LongStreams streams = new LongStreams();
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread made = new Thread(task, "sluice-drain");
                        made.setDaemon(true);
                        return made;
                    });
    private volatile boolean running;
    private @Nullable ScheduledFuture<?> ticks;

    /** Only the drain's own thread touches it: when the farewell began, plus its length. */
    private @Nullable Long farewellEndNanos;

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

    /** The process ends: a drain that was started by hand becomes this one. */
    @Override
    public synchronized void stop(Runnable callback) {
        plan.startForGood();
        refuse("stopping");
        tickAlso(() -> endWhenClosed(callback));
    }

    /**
     * Starts a drain that does not stop the process.
     *
     * @return whether this call started it
     */
    synchronized boolean begin() {
        if (!plan.start()) {
            return false;
        }
        refuse("asked to");
        tickAlso(() -> {});
        return true;
    }

    /**
     * Serves again as before; streams that were ended stay ended.
     *
     * @return whether there was a drain that could be taken back
     */
    synchronized boolean takeBack() {
        if (!plan.takeBack()) {
            return false;
        }
        noMoreTicks();
        LOG.info("drain taken back");
        AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
        return true;
    }

    private void refuse(String why) {
        AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
        LOG.info(
                "draining ({}): {} requests in flight, {} streams",
                why,
                inFlight.open(),
                streams.count());
    }

    private void tickAlso(Runnable then) {
        noMoreTicks();
        ticks =
                thread.scheduleAtFixedRate(
                        () -> {
                            streams.endDue(plan);
                            then.run();
                        },
                        0,
                        TICK.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void noMoreTicks() {
        if (ticks != null) {
            ticks.cancel(false);
        }
    }

    private void endWhenClosed(Runnable callback) {
        if (state() != DrainState.CLOSED) {
            return;
        }
        long now = System.nanoTime();
        if (farewellEndNanos == null) {
            farewellEndNanos = now + FAREWELL.toNanos();
            streams.endAll();
        }
        if (streams.count() == 0 || now - farewellEndNanos >= 0) {
            running = false;
            thread.shutdown();
            callback.run();
        }
    }

    DrainState state() {
        return plan.state(streams.count());
    }

    /** Whether the process is ending, so that the drain cannot be taken back. */
    boolean forGood() {
        return plan.forGood();
    }

    int requests() {
        return inFlight.open();
    }

    int streams() {
        return streams.count();
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
        return streams.close(farewell);
    }
}
