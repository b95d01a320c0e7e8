package io.sluice.reload.spring;

import io.sluice.reload.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Starts the gateway; with the last configuration that worked, where its own is refused. */
public final class GatewayStart {

    private static final Logger LOG = LoggerFactory.getLogger(GatewayStart.class);
    private static final String REFUSED = "sluiceStartRefused";

    /**
     * What the process was meant to be started with.
     *
     * @param refusal why it was not
     * @param arguments the user's
     */
    record Refused(Refusal refusal, String[] arguments) {}

    private GatewayStart() {}

    /**
     * @param application made anew for each attempt
     */
    public static ConfigurableApplicationContext run(
            Supplier<SpringApplication> application, String... arguments) {
        ConfigurableEnvironment[] prepared = new ConfigurableEnvironment[1];
        SpringApplication first = application.get();
        ApplicationListener<ApplicationEnvironmentPreparedEvent> listener =
                event -> prepared[0] = event.getEnvironment();
        first.addListeners(listener);
        try {
            return first.run(arguments);
        } catch (RuntimeException refused) {
            ConfigurableEnvironment bare = withoutFiles(arguments);
            Path directory = directory(prepared[0] == null ? bare : prepared[0]);
            if (directory == null
                    || !Refusals.isOfConfiguration(refused)
                    || !Files.isReadable(LastGood.fileIn(directory))) {
                throw refused;
            }
            List<String> broken = WatchedFiles.named(bare).brokenYaml();
            Refusal why = Refusals.of(refused, prepared[0], broken, Instant.now());
            return again(application.get(), new Refused(why, arguments), directory);
        }
    }

    private static ConfigurableApplicationContext again(
            SpringApplication application, Refused refused, Path directory) {
        application.addInitializers(
                context -> context.getBeanFactory().registerSingleton(REFUSED, refused));
        ConfigurableApplicationContext context =
                application.run(LastGood.arguments(refused.arguments(), directory));
        LOG.error(
                "The configuration is refused: {}. The gateway runs with the last good one, {}",
                refused.refusal().text(),
                LastGood.fileIn(directory));
        return context;
    }

    /** What this context was meant to be started with, or {@code null} where it was. */
    static @Nullable Refused refused(ConfigurableApplicationContext context) {
        return context.getBeanFactory().containsSingleton(REFUSED)
                ? context.getBean(REFUSED, Refused.class)
                : null;
    }

    private static @Nullable Path directory(ConfigurableEnvironment environment) {
        String path = environment.getProperty(LastGood.DIRECTORY);
        if (path == null) {
            path = environment.getProperty("SLUICE_RELOAD_LASTGOODDIRECTORY");
        }
        return path == null || path.isBlank() ? null : Path.of(path);
    }

    /** Environment and arguments: all that is left where the files could not even be read. */
    private static ConfigurableEnvironment withoutFiles(String[] arguments) {
        ConfigurableEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(arguments));
        return environment;
    }
}
