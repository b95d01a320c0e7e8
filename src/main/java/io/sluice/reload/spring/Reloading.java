package io.sluice.reload.spring;

import io.sluice.reload.ReloadStatus;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.ConfigurableEnvironment;

/** Watches the configuration from the moment the routes are there until the process ends. */
final class Reloading implements SmartLifecycle {

    private final ConfigurableEnvironment environment;
    private final ReloadProperties properties;
    private final GatewayStart.@Nullable Refused refused;
    private final Supplier<Reloader.Parts> parts;
    private volatile @Nullable Reloader reloader;
    private volatile @Nullable Fleet fleet;
    private @Nullable FileWatch watch;
    private volatile boolean lives;

    /**
     * @param refused the configuration that the process was meant to start with, or {@code null}
     *     where it did
     */
    Reloading(
            ConfigurableEnvironment environment,
            ReloadProperties properties,
            GatewayStart.@Nullable Refused refused,
            Supplier<Reloader.Parts> parts) {
        this.environment = environment;
        this.properties = properties;
        this.refused = refused;
        this.parts = parts;
    }

    /** Is told of each change. */
    void tell(Fleet listener) {
        fleet = listener;
    }

    /**
     * @throws IllegalStateException before the start
     */
    ReloadStatus status() {
        Reloader started = reloader;
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        return started.status();
    }

    /**
     * After the routes, whose phase is 0, and before the web server. It stops the other way round:
     * before the event loops, over which the fleet is told.
     */
    @Override
    public int getPhase() {
        return 1;
    }

    @Override
    public void start() {
        ConfigurationReader.Read running = new ConfigurationReader(environment, null).read();
        Reloader started =
                new Reloader(
                        new ConfigurationReader(
                                environment, refused == null ? null : refused.arguments()),
                        running,
                        refused == null ? null : refused.refusal(),
                        parts.get());
        reloader = started;
        lives = true;
        if (refused == null) {
            started.keep(running);
        } else {
            started.watchWhatWasRefused();
        }
        Fleet listener = fleet;
        if (listener != null) {
            listener.start();
        }
        if (properties.enabled()) {
            watch =
                    new FileWatch(
                            started::files,
                            () -> changed(started),
                            properties.pollInterval(),
                            properties.quietPeriod());
            watch.start();
        }
    }

    private void changed(Reloader started) {
        started.reload();
        Fleet listener = fleet;
        if (listener != null) {
            listener.tell();
        }
    }

    @Override
    public void stop() {
        lives = false;
        if (watch != null) {
            watch.close();
            watch = null;
        }
        Fleet listener = fleet;
        if (listener != null) {
            listener.close();
        }
        fleet = null;
    }

    @Override
    public boolean isRunning() {
        return lives;
    }
}
