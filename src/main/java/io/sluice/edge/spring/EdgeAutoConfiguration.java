package io.sluice.edge.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.edge.ConnectionLimits;
import io.sluice.edge.TrustedProxies;
import io.sluice.edge.netty.ClientConnections;
import io.sluice.edge.netty.ClientLimits;
import io.sluice.edge.netty.ServerNames;
import io.sluice.edge.netty.WebSocketLimits;
import io.sluice.observe.RequestIds;
import io.sluice.pipeline.ActiveConfiguration;
import io.sluice.pipeline.Reloadable;
import io.sluice.pipeline.RouteCheck;
import io.sluice.pipeline.RouteCompiler;
import io.sluice.pipeline.TrafficPort;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.Ssl.ServerNameSslBundle;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.headers.ForwardedHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.XForwardedHeadersFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** What comes in. {@link TrustedProxies} is a bean, read from {@code sluice.trusted-proxies}. */
@AutoConfiguration(
        afterName =
                "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
class EdgeAutoConfiguration {

    /** Spring's own default, in bytes. */
    private static final int LONGEST_MESSAGE = 64 * 1024;

    @Bean
    EdgeFilter edgeFilter(
            TrafficPort trafficPort,
            TrustedProxies trustedProxies,
            EdgeProperties settings,
            EdgeRules.Fixed fixed,
            ActiveConfiguration active) {
        active.put(EdgeRules.PART, EdgeRules.of(trustedProxies, settings, fixed));
        return new EdgeFilter(trafficPort, active);
    }

    @Bean
    EdgeRules.Fixed fixedEdgeRules(
            ClientConnections connections, ServerProperties server, GatewayProperties gateway) {
        return new EdgeRules.Fixed(
                trustedByRoutes(gateway.getTrustedProxies()),
                serverNames(server.getSsl()),
                connections);
    }

    @Bean
    Reloadable edgeReload(EdgeRules.Fixed fixed) {
        return EdgeRules.reload(fixed);
    }

    private static ServerNames serverNames(@Nullable Ssl ssl) {
        if (ssl == null) {
            return new ServerNames(Map.of(), "");
        }
        return new ServerNames(
                ssl.getServerNameBundles().stream()
                        .collect(
                                Collectors.toMap(
                                        ServerNameSslBundle::serverName,
                                        ServerNameSslBundle::bundle)),
                Objects.requireNonNullElse(ssl.getBundle(), ""));
    }

    /** The longest message is the longest frame of Spring Cloud Gateway's own setting. */
    @Bean
    WebSocketLimits webSocketLimits(EdgeProperties settings, HttpClientProperties client) {
        Integer longest = client.getWebsocket().getMaxFramePayloadLength();
        return new WebSocketLimits(
                longest == null ? LONGEST_MESSAGE : longest,
                settings.maxControlFrames(),
                System::nanoTime);
    }

    @Bean
    ClientConnections clientConnections(
            EdgeProperties settings,
            WebSocketLimits webSockets,
            TrustedProxies trustedProxies,
            ObjectProvider<MeterRegistry> registry,
            Environment environment) {
        boolean http2 = environment.getProperty("server.http2.enabled", Boolean.class, false);
        EdgeTimeouts timeouts = settings.timeouts();
        ClientLimits limits =
                new ClientLimits(
                        timeouts.firstByte().toNanos(),
                        timeouts.head().toNanos(),
                        timeouts.body().toNanos(),
                        settings.minBodySize().toBytes(),
                        timeouts.write().toNanos(),
                        settings.maxControlFrames(),
                        new CutMeters(registry.getIfAvailable(SimpleMeterRegistry::new)));
        RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
        return new ClientConnections(
                limits,
                webSockets,
                new ConnectionLimits(settings.maxConnections(), settings.maxConnectionsPerClient()),
                trustedProxies,
                http2 && settings.h2c(),
                new RequestIds(random),
                System::nanoTime);
    }

    @Bean
    NettyServerCustomizer clientConnectionsOfServer(ClientConnections connections) {
        return connections::apply;
    }

    @Bean
    CountingRequestSizeGatewayFilterFactory countingRequestSize() {
        return new CountingRequestSizeGatewayFilterFactory();
    }

    @Bean
    BoundedRequestUriGatewayFilterFactory boundedRequestUri(
            ActiveConfiguration active, ObjectProvider<RouteCompiler> routes) {
        return new BoundedRequestUriGatewayFilterFactory(active, routes::getObject);
    }

    /** Spring Cloud Gateway's own setting is a regular expression over the peer's address. */
    private static Predicate<String> trustedByRoutes(String regex) {
        return regex == null || regex.isBlank()
                ? peer -> false
                : Pattern.compile(regex).asMatchPredicate();
    }

    @Bean
    UpstreamForwarding upstreamForwarding(
            ObjectProvider<XForwardedHeadersFilter> xForwarded,
            ObjectProvider<ForwardedHeadersFilter> forwarded) {
        return new UpstreamForwarding(
                xForwarded.getIfAvailable() != null || forwarded.getIfAvailable() != null);
    }

    @Bean
    PathGuard pathGuard() {
        return new PathGuard();
    }

    @Bean
    RouteCheck pathRelaxationCheck() {
        return PathGuard::check;
    }

    @Bean
    TargetGuard targetGuard() {
        return new TargetGuard();
    }
}
