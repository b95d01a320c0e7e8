package io.sluice.routing.spring;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.beans.factory.DisposableBean;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The one thread on which routes are built. It may block, as route sources are somebody's code; no
 * event loop waits for it.
 */
final class RouteThread implements DisposableBean {

    private static final long PATIENCE_MILLIS = 1000;

    private final ExecutorService executor;
    private final Scheduler scheduler;
    private volatile @org.jspecify.annotations.Nullable Thread own;

    RouteThread() {
        executor = Executors.newSingleThreadExecutor(this::thread);
        scheduler = Schedulers.fromExecutorService(executor, "sluice-routes");
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "sluice-routes");
        thread.setDaemon(true);
        // The creator may be any thread, of any class loader.
        thread.setContextClassLoader(RouteThread.class.getClassLoader());
        own = thread;
        return thread;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /** Waits a moment where the calling thread may block and is not this one. Throws nothing. */
    void await(CompletableFuture<Void> done) {
        if (Schedulers.isInNonBlockingThread() || Thread.currentThread() == own) {
            return;
        }
        try {
            done.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // It goes on without the caller.
        }
    }

    @Override
    public void destroy() {
        scheduler.dispose();
        executor.shutdownNow();
    }
}
