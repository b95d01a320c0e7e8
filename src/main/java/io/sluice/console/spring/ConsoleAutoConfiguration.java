package io.sluice.console.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.balance.spring.UpstreamViews;
import io.sluice.console.Camera;
import io.sluice.lifecycle.spring.DrainEndpoint;
import io.sluice.pipeline.RouteCompiler;
import io.sluice.ratelimit.NearestKeys;
import io.sluice.ratelimit.spring.RateLimitsEndpoint;
import io.sluice.reload.spring.ConfigurationView;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.json.JsonMapper;

/** What the console shows; its page is the management port's. */
@AutoConfiguration
@ConditionalOnProperty(name = "sluice.console.enabled", matchIfMissing = true)
class ConsoleAutoConfiguration {

    @Bean
    Observer consoleObserver(
            ObjectProvider<RouteCompiler> routes,
            ObjectProvider<MeterRegistry> registry,
            UpstreamViews upstreams,
            RateLimitsEndpoint limits,
            NearestKeys nearest) {
        return new Observer(
                routes.getIfAvailable(),
                new RequestCounts(registry.getIfAvailable(SimpleMeterRegistry::new)),
                upstreams,
                limits,
                nearest,
                System::nanoTime);
    }

    @Bean
    ConsoleFeed consoleFeed(
            ConsoleProperties properties,
            Observer observer,
            DrainEndpoint drain,
            ObjectProvider<ConfigurationView> configuration,
            WebEndpointProperties endpoints) {
        String actuator = endpoints.getBasePath();
        @Nullable ConfigurationView active = configuration.getIfAvailable();
        Supplier<Supplier<String>> begin =
                () -> {
                    observer.watch(true);
                    Camera camera = new Camera();
                    return () -> json(observer, camera, actuator, drain, active);
                };
        return new ConsoleFeed(properties.maxViewers(), begin, () -> observer.watch(false));
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static String json(
            Observer observer,
            Camera camera,
            String actuator,
            DrainEndpoint drain,
            @Nullable ConfigurationView configuration) {
        return JSON.writeValueAsString(
                new Message(
                        InstantSource.system().millis(),
                        actuator,
                        observer.limits().store(),
                        drain.status(),
                        configuration == null ? null : configuration.status(),
                        camera.picture(observer.look())));
    }
}
