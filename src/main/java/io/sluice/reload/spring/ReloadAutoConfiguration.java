package io.sluice.reload.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.pipeline.ActiveConfiguration;
import io.sluice.pipeline.Reloadable;
import io.sluice.pipeline.RouteCompiler;
import io.sluice.pipeline.SettingsReader;
import io.sluice.ratelimit.redis.RedisLinks;
import io.sluice.ratelimit.spring.RedisConfigured;
import io.sluice.reload.redis.RedisFleet;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.logging.LoggerGroups;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * Reload, and what is told of it. Absent where routes are Spring Cloud Gateway's own to find
 * ({@code sluice.routing.index.enabled=false}): they cannot be swapped together with the rest.
 */
@AutoConfiguration(
        after = DataRedisAutoConfiguration.class,
        afterName = {
            "io.sluice.routing.spring.RoutingAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnBean(RouteCompiler.class)
class ReloadAutoConfiguration {

    @Bean
    ReloadMeters reloadMeters(ObjectProvider<MeterRegistry> registry, ActiveConfiguration active) {
        return new ReloadMeters(registry.getIfAvailable(SimpleMeterRegistry::new), active);
    }

    @Bean
    Reloading reloading(
            ConfigurableApplicationContext context,
            ReloadProperties properties,
            SettingsReader settings,
            ObjectProvider<Reloadable> features,
            RouteCompiler routes,
            DefaultSslBundleRegistry certificates,
            ObjectProvider<LoggerGroups> groups,
            ActiveConfiguration active,
            ReloadMeters meters) {
        ConfigurableEnvironment environment = context.getEnvironment();
        return new Reloading(
                environment,
                properties,
                GatewayStart.refused(context),
                () ->
                        new Reloader.Parts(
                                settings,
                                new OtherSettings(context, environment),
                                features.orderedStream().toList(),
                                routes,
                                new Certificates(certificates, certificates, environment),
                                new LogLevels(
                                        LoggingSystem.get(getClass().getClassLoader()),
                                        groups.getIfAvailable(),
                                        environment),
                                active,
                                meters,
                                properties.lastGoodDirectory(),
                                InstantSource.system()));
    }

    /** Redis through which gateways hear of one another. */
    @Bean
    @Lazy
    @Conditional(RedisConfigured.class)
    RedisFleet redisFleet(
            DataRedisConnectionDetails details, Environment environment, GatewayName name) {
        String url = environment.getProperty("spring.data.redis.url", "");
        return new RedisFleet(
                RedisLinks.open(details, url.startsWith("rediss:")),
                name.text(),
                Fleet.LIFE,
                Duration.ofSeconds(1));
    }

    /** The pod's or machine's name, and what tells two gateways on it apart. */
    record GatewayName(String text) {}

    @Bean
    GatewayName gatewayName(Environment environment) {
        String own = UUID.randomUUID().toString().substring(0, 8);
        return new GatewayName(host(environment) + "-" + own);
    }

    private static String host(Environment environment) {
        @Nullable String pod = environment.getProperty("HOSTNAME");
        try {
            return pod == null ? InetAddress.getLocalHost().getHostName() : pod;
        } catch (UnknownHostException nameless) {
            return "gateway";
        }
    }

    @Bean(destroyMethod = "") // closed by Reloading, before the connection
    Fleet fleet(Reloading reloading, ObjectProvider<RedisFleet> redis, GatewayName name) {
        Fleet fleet = new Fleet(name.text(), reloading::status, redis.getIfAvailable());
        reloading.tell(fleet);
        return fleet;
    }

    @Bean
    ConfigurationView configurationView(Reloading reloading) {
        return new ConfigurationView(reloading);
    }

    @Bean
    @ConditionalOnAvailableEndpoint
    RoutesEndpoint routesEndpoint(Reloading reloading, RouteCompiler routes) {
        return new RoutesEndpoint(reloading::status, routes);
    }

    @Bean
    @ConditionalOnAvailableEndpoint
    FleetEndpoint fleetEndpoint(Fleet fleet) {
        return new FleetEndpoint(fleet);
    }
}
