package io.sluice.lifecycle.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.lifecycle.DrainPlan;
import io.sluice.pipeline.Closing;
import io.sluice.pipeline.InFlight;
import io.sluice.pipeline.RouteCheck;
import io.sluice.settings.Setting;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.reactive.socket.server.WebSocketService;
import reactor.netty.resources.LoopResources;

/** Start, probes, drain and the closing line. */
@AutoConfiguration(
        afterName =
                "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
class LifecycleAutoConfiguration {

    private static final String DRAIN = "sluice.shutdown.drain";
    private static final String PHASE = "spring.lifecycle.timeout-per-shutdown-phase";

    @Bean
    RoutesLoaded configurationHealthIndicator(
            RouteLocator routes, ObjectProvider<RouteCheck> checks) {
        return new RoutesLoaded(routes, checks.orderedStream().toList());
    }

    @Bean
    Drain drain(
            ShutdownProperties properties,
            Environment environment,
            InFlight inFlight,
            ApplicationContext context) {
        DrainPlan plan = DrainPlan.of(DRAIN, properties.drain(), System::nanoTime);
        Duration phase = environment.getProperty(PHASE, Duration.class, Duration.ofSeconds(15));
        Setting.require(
                properties.drain().compareTo(phase) <= 0,
                DRAIN,
                properties.drain(),
                "at most " + PHASE + " (" + phase.toMillis() + " ms), which cuts it off");
        return new Drain(plan, inFlight, context);
    }

    @Bean
    DrainMeters drainMeters(Drain drain, ObjectProvider<MeterRegistry> registry) {
        return new DrainMeters(drain, registry.getIfAvailable(SimpleMeterRegistry::new));
    }

    @Bean
    EventLoopWatchdog eventLoopWatchdog(
            LivenessProperties properties,
            ReactorResourceFactory resources,
            ApplicationContext context,
            ObjectProvider<MeterRegistry> registry) {
        Duration limit = properties.eventLoopLimit();
        Setting.require(
                !limit.isNegative() && limit.compareTo(Duration.ofMinutes(10)) <= 0,
                "sluice.liveness.event-loop-limit",
                limit,
                "a duration of 0s (off) to 10m, such as 20s");
        return new EventLoopWatchdog(
                () -> resources.getLoopResources().onServer(LoopResources.DEFAULT_NATIVE),
                limit,
                context,
                registry.getIfAvailable(SimpleMeterRegistry::new));
    }

    @Bean
    DrainEndpoint drainEndpoint(Drain drain) {
        return new DrainEndpoint(drain);
    }

    @Bean
    ShutdownReport shutdownReport(InFlight inFlight) {
        return new ShutdownReport(inFlight);
    }

    @Bean
    ApplicationListener<ContextClosedEvent> shutdownBegins(
            ShutdownReport report, ApplicationContext context) {
        return event -> {
            if (event.getApplicationContext() == context) {
                report.begins();
            }
        };
    }

    /** Spring Cloud Gateway's own service, under the drain's eyes. */
    @Bean
    static BeanPostProcessor drainingWebSockets(ObjectProvider<Closing> closing) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof WebSocketService service
                        ? new DrainingWebSocketService(service, new LateClosing(closing))
                        : bean;
            }
        };
    }
}
