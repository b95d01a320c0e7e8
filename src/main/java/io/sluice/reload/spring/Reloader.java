package io.sluice.reload.spring;

import io.sluice.pipeline.ActiveConfiguration;
import io.sluice.pipeline.Draft;
import io.sluice.pipeline.Reloadable;
import io.sluice.pipeline.RouteCompiler;
import io.sluice.pipeline.RouteCompiler.Definitions;
import io.sluice.pipeline.SettingsReader;
import io.sluice.reload.Refusal;
import io.sluice.reload.ReloadStatus;
import io.sluice.reload.RestartKeys;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.LogLevel;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Takes a changed configuration: all of it in one step, or none of it. One thread at a time; the
 * status may be read by any.
 */
final class Reloader {

    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);

    private final ConfigurationReader reader;
    private final SettingsReader settings;
    private final OtherSettings others;
    private final List<Reloadable> features;
    private final RouteCompiler routes;
    private final Certificates certificates;
    private final LogLevels levels;
    private final ActiveConfiguration active;
    private final ReloadMeters meters;
    private final @Nullable Path lastGood;
    private final InstantSource clock;
    private final Map<String, String> startedWith;
    private volatile ReloadStatus status;
    private volatile WatchedFiles files;

    /** What a reload needs of the running gateway. */
    record Parts(
            SettingsReader settings,
            OtherSettings others,
            List<Reloadable> features,
            RouteCompiler routes,
            Certificates certificates,
            LogLevels levels,
            ActiveConfiguration active,
            ReloadMeters meters,
            @Nullable Path lastGood,
            InstantSource clock) {}

    /**
     * @param reader of the files that the user meant
     * @param running what this process was started with
     * @param startRefusal why that is not what the files say, or {@code null} where it is
     */
    Reloader(
            ConfigurationReader reader,
            ConfigurationReader.Read running,
            @Nullable Refusal startRefusal,
            Parts parts) {
        this.reader = reader;
        this.settings = parts.settings();
        this.others = parts.others();
        this.features = parts.features();
        this.routes = parts.routes();
        this.certificates = parts.certificates();
        this.levels = parts.levels();
        this.active = parts.active();
        this.meters = parts.meters();
        this.lastGood = parts.lastGood();
        this.clock = parts.clock();
        this.startedWith = running.flat();
        this.files = WatchedFiles.of(running);
        this.status =
                new ReloadStatus(
                        1,
                        running.hash(),
                        clock.instant(),
                        startRefusal != null,
                        Set.of(),
                        startRefusal);
    }

    ReloadStatus status() {
        return status;
    }

    WatchedFiles files() {
        return files;
    }

    /** At start with the last good one: the files that were refused are watched from then on. */
    void watchWhatWasRefused() {
        try {
            files = WatchedFiles.of(reader.read());
        } catch (RuntimeException stillBroken) {
            files = files.with(reader.locations());
        }
    }

    /** What is kept of the configuration that the process runs with from its start. */
    void keep(ConfigurationReader.Read running) {
        if (lastGood != null) {
            LastGood.keep(lastGood, running.sources());
        }
    }

    /** Reads the files and takes what they say, or tells why not. */
    synchronized void reload() {
        ConfigurationReader.Read read = null;
        try {
            read = reader.read();
            files = WatchedFiles.of(read);
            if (!read.hash().equals(status.hash())) {
                take(read);
            }
        } catch (RuntimeException refused) {
            refuse(refused, read == null ? null : read.environment());
        }
    }

    private void take(ConfigurationReader.Read read) {
        ConfigurableEnvironment environment = read.environment();
        Map<Class<?>, Object> next = settings.read(environment);
        others.check(environment);
        GatewayProperties gateway = others.gateway(environment);
        Map<String, LogLevel> nextLevels = LogLevels.read(environment);
        Runnable newCertificates = certificates.prepare(environment);
        Draft draft = new Draft(active.current().next(), next);
        try {
            features.forEach(feature -> feature.prepare(draft));
            routes.activate(
                    draft, new Definitions(gateway.getRoutes(), gateway.getDefaultFilters()));
        } catch (RuntimeException refused) {
            draft.discard();
            throw refused;
        }
        draft.runAfterSwap();
        newCertificates.run();
        levels.set(nextLevels);
        Set<String> restart = RestartKeys.changed(startedWith, read.flat());
        status = status.activated(read.hash(), clock.instant(), restart);
        meters.applied();
        keep(read);
        LOG.info(
                "Configuration {} ({}) is active with {} routes",
                status.version(),
                status.hash(),
                routes.routes().size());
        if (!restart.isEmpty()) {
            LOG.warn("These settings have changed and need a restart: {}", restart);
        }
    }

    private void refuse(RuntimeException reason, @Nullable ConfigurableEnvironment environment) {
        Refusal refusal = Refusals.of(reason, environment, files.brokenYaml(), clock.instant());
        status = status.refused(refusal);
        meters.refused();
        LOG.error("The configuration is refused, the former goes on: {}", refusal.text());
        LOG.debug("The configuration is refused", reason);
    }
}
