package io.sluice.lifecycle.spring;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.concurrent.EventExecutor;
import io.sluice.lifecycle.LoopWatch;
import io.sluice.observe.MetricNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Fails liveness while an event loop of the traffic port is blocked: the connections on it are
 * dead, and a probe may happen to use another one. A thread of its own asks each loop once a second
 * and says, with the stack of the loop, who blocks it.
 */
final class EventLoopWatchdog implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(EventLoopWatchdog.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final Supplier<Iterable<EventExecutor>> loops;
    private final Duration limit;
    private final ApplicationContext context;
    private final List<Watched> watched = new ArrayList<>();
    private @Nullable ScheduledExecutorService thread;
    private volatile boolean running;
    private boolean broken;

    /** One loop, and its thread as soon as it has answered once. */
    private static final class Watched {

        private final EventExecutor loop;
        private final LoopWatch watch;
        private volatile @Nullable Thread thread;

        Watched(EventExecutor loop, LoopWatch watch) {
            this.loop = loop;
            this.watch = watch;
        }

        void look() {
            if (watch.look() == LoopWatch.Look.ASK) {
                long question = watch.question();
                try {
                    loop.execute(() -> answer(question));
                } catch (RejectedExecutionException ended) {
                    watch.answer(question);
                }
            }
        }

        private void answer(long question) {
            thread = Thread.currentThread();
            watch.answer(question);
        }

        String stack() {
            Thread known = thread;
            return known == null
                    ? loop.toString()
                    : known.getName()
                            + Arrays.stream(known.getStackTrace())
                                    .map(frame -> "\n\tat " + frame)
                                    .collect(Collectors.joining());
        }
    }

    /**
     * @param loops asked at start, when they exist
     * @param limit how long a loop may be blocked, rounded up to whole seconds
     */
    EventLoopWatchdog(
            Supplier<Iterable<EventExecutor>> loops,
            Duration limit,
            ApplicationContext context,
            MeterRegistry registry) {
        this.loops = loops;
        this.limit = limit;
        this.context = context;
        Gauge.builder(MetricNames.EVENT_LOOPS_STALLED, this, EventLoopWatchdog::stalled)
                .description("Event loops of the traffic port that are blocked")
                .register(registry);
    }

    private long stalled() {
        return watched.stream().filter(one -> one.watch.stalled()).count();
    }

    /** Before the web server; stopped after it and before the loops themselves (phase 0). */
    @Override
    public int getPhase() {
        return 1;
    }

    @Override
    public void start() {
        running = true;
        if (limit.isZero()) {
            return;
        }
        int patience = (int) Math.max(1, (limit.toMillis() + 999) / PERIOD.toMillis());
        loops.get().forEach(loop -> watched.add(new Watched(loop, new LoopWatch(patience))));
        ScheduledExecutorService made =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread one = new Thread(task, "sluice-watchdog");
                            one.setDaemon(true);
                            return one;
                        });
        // A fixed delay: after a pause of the whole process, looks must not follow in a burst.
        made.scheduleWithFixedDelay(this::look, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
        thread = made;
    }

    private void look() {
        watched.forEach(Watched::look);
        boolean now = stalled() > 0;
        if (now && !broken) {
            watched.stream()
                    .filter(one -> one.watch.stalled())
                    .forEach(
                            one ->
                                    LOG.error(
                                            "an event loop has been blocked for {} s: {}",
                                            limit.toSeconds(),
                                            one.stack()));
            AvailabilityChangeEvent.publish(context, LivenessState.BROKEN);
        } else if (!now && broken) {
            LOG.warn("every event loop works again");
            AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
        }
        broken = now;
    }

    @Override
    public void stop() {
        running = false;
        if (thread != null) {
            thread.shutdownNow();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
