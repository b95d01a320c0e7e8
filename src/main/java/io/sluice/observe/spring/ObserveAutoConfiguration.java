package io.sluice.observe.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.observe.RequestIds;
import io.sluice.pipeline.Closing;
import io.sluice.pipeline.InFlight;
import io.sluice.pipeline.Tracing;
import io.sluice.pipeline.TrafficPort;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.socket.server.WebSocketService;

/** Request ids, access log and request metrics. */
@AutoConfiguration(
        afterName =
                "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
class ObserveAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    TrafficPort trafficPort(ApplicationContext context) {
        return new TrafficPort(context);
    }

    @Bean
    @ConditionalOnMissingBean
    InFlight inFlight() {
        return new InFlight();
    }

    @Bean
    GoAway goAway() {
        return new GoAway();
    }

    @Bean
    ObserveFilter observeFilter(
            TrafficPort trafficPort,
            InFlight inFlight,
            ObjectProvider<Closing> closing,
            GoAway goAway,
            ObjectProvider<MeterRegistry> registry,
            ErrorWebExceptionHandler errors,
            ObjectProvider<Tracing> tracing) {
        RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
        return new ObserveFilter(
                trafficPort,
                inFlight,
                closing.getIfAvailable(() -> Closing.NEVER),
                goAway,
                new RequestIds(random),
                new RequestMeters(registry.getIfAvailable(SimpleMeterRegistry::new)),
                errors,
                tracing.getIfAvailable(),
                System::nanoTime);
    }

    /** Spring Cloud Gateway's own service, whose exchanges would end with the handshake. */
    @Bean
    static BeanPostProcessor lastingWebSockets() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof WebSocketService service
                        ? new LastingWebSocketService(service, System::nanoTime)
                        : bean;
            }
        };
    }

    @Bean
    OpenConnections openConnections(ObjectProvider<MeterRegistry> registry) {
        return new OpenConnections(registry.getIfAvailable(SimpleMeterRegistry::new));
    }

    @Bean
    LogMeters logMeters() {
        return new LogMeters();
    }

    @Bean
    RequestIdHeader requestIdHeader() {
        return new RequestIdHeader();
    }
}
