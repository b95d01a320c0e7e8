package io.sluice.edge.netty;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after everything that has a time limit, twice a second on its own event loop: one timer a
 * loop in place of one a connection and request. Limits are therefore kept to half a second.
 * Thread-safe.
 */
final class Rounds {

    static final long PERIOD_MILLIS = 500;

    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    /** Something with a time limit. */
    interface Watched {

        /** Called on the event loop; may end what it watches. */
        void look(long nowNanos);
    }

    private final Map<EventExecutor, Loop> loops = new ConcurrentHashMap<>();
    private final LongSupplier clock;

    Rounds(LongSupplier clock) {
        this.clock = clock;
    }

    long now() {
        return clock.getAsLong();
    }

    void add(EventExecutor loop, Watched watched) {
        on(loop, () -> of(loop).add(watched));
    }

    void remove(EventExecutor loop, Watched watched) {
        on(loop, () -> of(loop).remove(watched));
    }

    private Loop of(EventExecutor loop) {
        return loops.computeIfAbsent(loop, executor -> new Loop(executor, clock));
    }

    private static void on(EventExecutor loop, Runnable work) {
        if (loop.inEventLoop()) {
            work.run();
        } else {
            loop.execute(work);
        }
    }

    // All of it on the one loop.
    private static final class Loop {

        private final EventExecutor executor;
        private final LongSupplier clock;
        private final Set<Watched> watched = Collections.newSetFromMap(new IdentityHashMap<>());
        private @Nullable ScheduledFuture<?> timer;

        Loop(EventExecutor executor, LongSupplier clock) {
            this.executor = executor;
            this.clock = clock;
        }

        void add(Watched one) {
            watched.add(one);
            if (timer == null && !executor.isShuttingDown()) {
                timer =
                        executor.scheduleAtFixedRate(
                                this::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        void remove(Watched one) {
            watched.remove(one);
        }

        private void look() {
            ScheduledFuture<?> running = timer;
            if (watched.isEmpty() && running != null) {
                running.cancel(false);
                timer = null;
                return;
            }
            long now = clock.getAsLong();
            // What is looked at may leave, and let others come.
            List<Watched> round = new ArrayList<>(watched);
            for (Watched one : round) {
                look(one, now);
            }
        }

        /** A timer ends with what its task throws, and every limit of this loop with it. */
        private static void look(Watched one, long now) {
            try {
                one.look(now);
            } catch (RuntimeException e) {
                LOG.warn("A time limit could not be looked after", e);
            }
        }
    }
}
