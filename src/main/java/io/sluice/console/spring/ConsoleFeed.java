package io.sluice.console.spring;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * One event a second for all who look: made once, on a thread of its own, and not at all while
 * nobody does. A viewer that does not keep up misses events. Streams end when the drain is over, so
 * that the drain can be watched and nothing waits for viewers.
 */
final class ConsoleFeed implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleFeed.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final byte[] TROUBLE = event("event: trouble\ndata: {}\n\n");

    private final int mostViewers;
    private final AtomicInteger viewers = new AtomicInteger();
    private final Sinks.Empty<Void> stop = Sinks.empty();
    private final Scheduler thread = Schedulers.newSingle("sluice-console", true);
    private final Flux<byte[]> shared;
    private volatile boolean running;

    /**
     * @param begin called when a first viewer comes; gives what then makes the JSON of each second
     * @param end called when the last viewer has left
     */
    ConsoleFeed(int mostViewers, Supplier<Supplier<String>> begin, Runnable end) {
        this.mostViewers = mostViewers;
        this.shared =
                Flux.defer(() -> seconds(begin.get()))
                        .doFinally(signal -> end.run())
                        .takeUntilOther(stop.asMono())
                        .replay(1)
                        .refCount();
    }

    private Flux<byte[]> seconds(Supplier<String> json) {
        return Flux.interval(Duration.ZERO, PERIOD, thread)
                .onBackpressureDrop()
                .map(second -> made(json));
    }

    private static byte[] made(Supplier<String> json) {
        try {
            return event("data: " + json.get() + "\n\n");
        } catch (RuntimeException failed) {
            LOG.warn("the console has nothing to show: {}", failed.toString());
            return TROUBLE;
        }
    }

    private static byte[] event(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether one more may look now. */
    boolean admits() {
        return running && viewers.get() < mostViewers;
    }

    /** Server-sent events, from the moment of the subscription; none where there is no place. */
    Flux<byte[]> events() {
        return Flux.using(
                viewers::incrementAndGet,
                place -> place > mostViewers ? Flux.empty() : shared.onBackpressureLatest(),
                place -> viewers.decrementAndGet());
    }

    /** Just after the drain, before the listeners are told to finish. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE - 1;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        stop.tryEmitEmpty();
        thread.dispose();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
