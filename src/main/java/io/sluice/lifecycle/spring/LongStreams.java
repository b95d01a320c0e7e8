package io.sluice.lifecycle.spring;

import io.sluice.lifecycle.DrainPlan;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The long-lived streams that are open, each with the word that ends it. Thread-safe. */
final class LongStreams {

    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, Sinks.Empty<Void>> open = new ConcurrentHashMap<>();

    /** Set before the last look at the streams, so that one that comes later ends itself. */
    private volatile boolean closed;

    /**
     * Completes when the subscriber's stream should end and has said its farewell; until then, or
     * until it is cancelled, the stream counts as open.
     */
    Mono<Void> close(Mono<Void> farewell) {
        return Mono.defer(
                () -> {
                    long number = numbers.incrementAndGet();
                    Sinks.Empty<Void> close = Sinks.empty();
                    open.put(number, close);
                    if (closed) {
                        close.tryEmitEmpty();
                    }
                    return close.asMono().then(farewell).doFinally(signal -> open.remove(number));
                });
    }

    /** Ends those whose moment has come. */
    void endDue(DrainPlan plan) {
        open.forEach(
                (number, close) -> {
                    if (plan.closesStream(number)) {
                        close.tryEmitEmpty();
                    }
                });
    }

    /** Ends all, and every one that is still to come. */
    void endAll() {
        closed = true;
        open.values().forEach(Sinks.Empty::tryEmitEmpty);
    }

    int count() {
        return open.size();
    }
}
