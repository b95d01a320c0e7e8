package io.sluice.pipeline;

import reactor.core.publisher.Mono;

/** What a drain asks of requests: filters read it, {@code lifecycle} drives it. */
public interface Closing {

    /** Whether answers should tell clients to open their next connection elsewhere. */
    boolean draining();

    /** A request has arrived; a drain does not end early while they do. */
    void arrived();

    /** Completes when this long-lived stream should end; each subscriber gets its own moment. */
    default Mono<Void> streamsClose() {
        return streamsClose(Mono.empty());
    }

    /** The same, followed by a farewell, for which the drain waits a moment. */
    Mono<Void> streamsClose(Mono<Void> farewell);

    /** A gateway that never drains, for contexts without the lifecycle feature. */
    Closing NEVER =
            new Closing() {
                @Override
                public boolean draining() {
                    return false;
                }

                @Override
                public void arrived() {}

                @Override
                public Mono<Void> streamsClose(Mono<Void> farewell) {
                    return Mono.never();
                }
            };
}
