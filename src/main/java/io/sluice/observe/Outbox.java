package io.sluice.observe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Takes items from any thread without waiting for anybody, and hands them in batches to a sink that
 * may take its time, on one daemon thread. What does not fit is dropped and counted. Thread-safe.
 */
public final class Outbox<T> implements AutoCloseable {

    /**
     * @param threadName of the thread that the sink is called on
     * @param capacity items that wait at most, beside the batch that the sink has; at least 1
     * @param largestBatch items that the sink gets at once, at most; at least 1
     * @param gather how long items are gathered after a batch, so that under load the sink is
     *     called, and its thread woken, a few times a second and not for each item
     * @param flush how long {@link #close()} waits for what was taken
     */
    public record Settings(
            String threadName, int capacity, int largestBatch, Duration gather, Duration flush) {}

    private final Settings settings;
    private final BlockingQueue<T> queue;
    private final Consumer<List<T>> sink;
    private final LongAdder dropped = new LongAdder();
    private final Thread thread;
    private volatile boolean idle;
    private volatile boolean closed;

    /**
     * @param sink gets each batch once; one that it throws at counts as dropped
     */
    public Outbox(Settings settings, Consumer<List<T>> sink) {
        this.settings = settings;
        this.queue = new ArrayBlockingQueue<>(settings.capacity());
        this.sink = sink;
        this.thread = new Thread(this::run, settings.threadName());
        this.thread.setDaemon(true);
    }

    public Outbox<T> start() {
        thread.start();
        return this;
    }

    /** Returns at once; {@code false} where the item was dropped. */
    public boolean offer(T item) {
        if (closed || !queue.offer(item)) {
            dropped.increment();
            return false;
        }
        if (idle) {
            idle = false;
            LockSupport.unpark(thread);
        }
        return true;
    }

    /** Items that no sink will see, since the start. */
    public long dropped() {
        return dropped.sum();
    }

    /**
     * Takes nothing more, and waits until the sink has had what was taken, at most as long as the
     * settings say. What is left then is dropped; a sink that still hangs is left to itself.
     */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(Math.max(1, settings.flush().toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        dropped.add(queue.drainTo(new ArrayList<>()));
    }

    private void run() {
        List<T> batch = new ArrayList<>();
        while (true) {
            if (queue.drainTo(batch, settings.largestBatch()) > 0) {
                deliver(batch);
                batch.clear();
                gather();
            } else if (closed) {
                return;
            } else {
                awaitItem();
            }
        }
    }

    private void deliver(List<T> batch) {
        try {
            sink.accept(batch);
        } catch (RuntimeException e) {
            dropped.add(batch.size());
        }
    }

    private void gather() {
        if (!closed && queue.size() < settings.capacity() / 2) {
            LockSupport.parkNanos(this, settings.gather().toNanos());
        }
    }

    /**
     * Says first that it will sleep and looks then, as {@link #offer} puts first and looks then.
     */
    private void awaitItem() {
        idle = true;
        if (queue.isEmpty() && !closed) {
            LockSupport.park(this);
        }
        idle = false;
    }
}
