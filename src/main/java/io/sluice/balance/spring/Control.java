package io.sluice.balance.spring;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control plane's one thread, with the clock and the random source that go with it. What runs
 * here runs one after the other, so it needs no locks.
 */
final class Control {

    private static final Logger LOG = LoggerFactory.getLogger(Control.class);
    private static final long ANSWER_SECONDS = 5;

    private final ScheduledExecutorService thread;
    private final LongSupplier nanoClock = System::nanoTime;
    private final RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();

    Control() {
        this.thread =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread made = new Thread(task, "sluice-control");
                            made.setDaemon(true);
                            return made;
                        });
    }

    LongSupplier nanoClock() {
        return nanoClock;
    }

    RandomGenerator random() {
        return random;
    }

    long now() {
        return nanoClock.getAsLong();
    }

    void run(Runnable change) {
        if (!thread.isShutdown()) {
            thread.execute(guarded(change));
        }
    }

    void everySecond(Runnable task) {
        thread.scheduleWithFixedDelay(guarded(task), 1, 1, TimeUnit.SECONDS);
    }

    /**
     * The answer of a question that only the control thread can answer. Blocks; not for requests.
     */
    <T> T call(Callable<T> question) {
        FutureTask<T> task = new FutureTask<>(question);
        thread.execute(task);
        try {
            return task.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the control thread did not answer", e);
        }
    }

    void stop() {
        thread.shutdownNow();
    }

    /** A change that fails must not end the changes after it. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("a change of the upstreams failed", e);
            }
        };
    }
}
