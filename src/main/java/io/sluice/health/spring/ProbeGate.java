package io.sluice.health.spring;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/**
 * Lets at most so many probes run at once, over all upstreams that share it; the others wait in the
 * order in which they came. Safe for any number of threads; blocks none.
 */
public final class ProbeGate {

    /** Probes at once unless told otherwise: enough for thousands of endpoints, not for a flood. */
    public static final int DEFAULT_MOST = 64;

    private final int most;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger turns = new AtomicInteger();
    private final Queue<Mono<Void>> waiting = new ConcurrentLinkedQueue<>();

    /**
     * @param most probes at once, >= 1
     */
    public ProbeGate(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("most: " + most + " (expected: >= 1)");
        }
        this.most = most;
    }

    /**
     * Runs the probe as soon as there is room. A probe that has become pointless while it waited
     * completes empty on its turn.
     *
     * @param probe ends by itself in bounded time; its errors are its own to handle
     */
    void submit(Mono<Void> probe) {
        waiting.add(probe);
        admit();
    }

    int running() {
        return running.get();
    }

    /** One thread at a time admits; one that finds another at it leaves its turn to that one. */
    private void admit() {
        if (turns.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            while (running.get() < most) {
                Mono<Void> next = waiting.poll();
                if (next == null) {
                    break;
                }
                running.incrementAndGet();
                next.onErrorComplete().doFinally(signal -> leave()).subscribe();
            }
            missed = turns.addAndGet(-missed);
        } while (missed != 0);
    }

    private void leave() {
        running.decrementAndGet();
        admit();
    }
}
