package io.sluice.balance.spring;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Ends discovery and health checks when the drain is over, before the listener closes: as long as
 * traffic is taken its picks need them, and while things are being closed nothing should still
 * change. Requests in flight go on with the last picture.
 */
final class WatchingEnd implements SmartLifecycle {

    private final Upstreams upstreams;
    private volatile boolean running;

    WatchingEnd(Upstreams upstreams) {
        this.upstreams = upstreams;
    }

    /** Below the drain, above the web server's graceful shutdown. */
    @Override
    public int getPhase() {
        return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        upstreams.endWatching();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
