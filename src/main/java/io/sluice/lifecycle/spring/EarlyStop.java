package io.sluice.lifecycle.spring;

import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;

/**
 * Ends the process at once when it is told to go while it still starts. Left alone, a context is
 * closed only after it has started whole, which on a busy node takes longer than a pod's grace
 * period. Until the listener is open nobody is served, so there is nothing to finish.
 */
public final class EarlyStop implements ApplicationListener<ApplicationEvent> {

    /** What a JVM that ends on SIGTERM says: 128 + 15. */
    private static final int STATUS = 143;

    private final AtomicBoolean starting = new AtomicBoolean(true);

    private EarlyStop() {}

    /** One that watches from now on; to be added to the application before it runs. */
    public static EarlyStop armed() {
        EarlyStop stop = new EarlyStop();
        Runtime.getRuntime().addShutdownHook(new Thread(stop::endIfStarting, "sluice-early-stop"));
        return stop;
    }

    private void endIfStarting() {
        if (starting.get()) {
            Runtime.getRuntime().halt(STATUS);
        }
    }

    /** A start that failed has its own report and status. */
    @Override
    public void onApplicationEvent(ApplicationEvent event) {
        if (event instanceof WebServerInitializedEvent || event instanceof ApplicationFailedEvent) {
            starting.set(false);
        }
    }
}
