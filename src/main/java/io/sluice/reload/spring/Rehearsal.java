package io.sluice.reload.spring;

import io.sluice.pipeline.StartCheck;
import io.sluice.reload.Refusal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The start of a gateway up to the point where it would open anything: settings are read and
 * checked, every bean is made and every route built, by the very code that starts a gateway. No
 * port is opened, no health check sent, no name resolved and nothing watched; only a configured
 * Redis sees a connection. For the command line; takes a second or two.
 *
 * <pre>{@code
 * try (Rehearsal rehearsal = Rehearsal.ofFile(SluiceApplication.class, Path.of("application.yml"))) {
 *     Refusal refusal = rehearsal.refusal(); // null: a gateway would start with it
 *     RouteLocator routes = rehearsal.context().getBean("cachedCompositeRouteLocator", …);
 * }
 * }</pre>
 */
public final class Rehearsal implements AutoCloseable {

    private final @Nullable ConfigurableApplicationContext context;
    private final @Nullable Refusal refusal;

    private Rehearsal(@Nullable ConfigurableApplicationContext context, @Nullable Refusal refusal) {
        this.context = context;
        this.refusal = refusal;
    }

    /** With this file in place of all that a start would look for itself. */
    public static Rehearsal ofFile(Class<?> application, Path file) {
        String path = file.toAbsolutePath().toString();
        return of(application, List.of("--spring.config.location=file:" + path), List.of(path));
    }

    /**
     * With the arguments of a start.
     *
     * @param files that the arguments name, for errors that do not tell where they are
     */
    public static Rehearsal of(Class<?> application, List<String> arguments, List<String> files) {
        ConfigurableEnvironment[] environment = new ConfigurableEnvironment[1];
        SpringApplication start = new SpringApplication(application);
        start.setBannerMode(Banner.Mode.OFF);
        start.setLogStartupInfo(false);
        start.setRegisterShutdownHook(false);
        ApplicationListener<ApplicationEnvironmentPreparedEvent> prepared =
                event -> environment[0] = event.getEnvironment();
        start.addListeners(prepared);
        start.addInitializers(Rehearsal::startNothing);
        // What goes wrong before logging is configured; later the argument below counts.
        LoggingSystem.get(Rehearsal.class.getClassLoader())
                .setLogLevel(SpringApplication.class.getName(), LogLevel.OFF);
        List<String> quiet = new ArrayList<>(arguments);
        quiet.add("--logging.level.root=OFF");
        try {
            return new Rehearsal(start.run(quiet.toArray(String[]::new)), null);
        } catch (RuntimeException refused) {
            return new Rehearsal(null, Refusals.of(refused, environment[0], files, Instant.now()));
        }
    }

    /** In place of starting what would listen, watch and probe, the checks of the start are run. */
    private static void startNothing(ConfigurableApplicationContext context) {
        DefaultLifecycleProcessor checks =
                new DefaultLifecycleProcessor() {
                    @Override
                    public void onRefresh() {
                        context.getBeansOfType(StartCheck.class)
                                .values()
                                .forEach(StartCheck::check);
                    }
                };
        context.getBeanFactory()
                .registerSingleton(
                        AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME, checks);
    }

    /** Why a gateway would not start, or {@code null} if it would. */
    public @Nullable Refusal refusal() {
        return refusal;
    }

    /**
     * What the gateway would run on: its beans, of which none has been started.
     *
     * @throws NullPointerException where it would not start
     */
    public ConfigurableApplicationContext context() {
        return Objects.requireNonNull(context, "it does not start");
    }

    @Override
    public void close() {
        if (context != null) {
            context.close();
        }
    }
}
