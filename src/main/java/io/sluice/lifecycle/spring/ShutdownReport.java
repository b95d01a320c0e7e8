package io.sluice.lifecycle.spring;

import io.sluice.pipeline.InFlight;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * The closing line: how many requests finished since the stop began, how many were cut, and how
 * long it took. Stopped between the web server's graceful shutdown and its end, when what is still
 * open is about to be cut.
 */
final class ShutdownReport implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ShutdownReport.class);

    private static final long STEP_NANOS = 5_000_000;
    private static final long MOST_NANOS = 100_000_000;

    private final InFlight inFlight;
    private volatile boolean running;
    private volatile long stopNanos;
    private volatile long finishedBefore;

    ShutdownReport(InFlight inFlight) {
        this.inFlight = inFlight;
    }

    /** Called when the stop begins, before anything has been stopped. */
    void begins() {
        stopNanos = System.nanoTime();
        finishedBefore = inFlight.finishedTotal();
    }

    @Override
    public int getPhase() {
        return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE - 1;
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
        running = false;
        awaitEndings();
        double seconds = (System.nanoTime() - stopNanos) / 1e9;
        LOG.info(
                "stopped: {} requests finished, {} cut, {} s",
                inFlight.finishedTotal() - finishedBefore,
                inFlight.open(),
                String.format(Locale.ROOT, "%.1f", seconds));
    }

    /** The last byte of an answer has gone out a moment before its exchange ends. */
    private void awaitEndings() {
        for (long waited = 0; inFlight.open() > 0 && waited < MOST_NANOS; waited += STEP_NANOS) {
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
