package io.sluice.balance.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.balance.Algorithm;
import io.sluice.pipeline.ActiveConfiguration;
import io.sluice.proxy.TlsSettings;
import io.sluice.proxy.spring.SharedTls;
import io.sluice.proxy.spring.UpstreamTls;
import io.sluice.upstream.spring.Discovery;
import io.sluice.upstream.spring.EndpointSources;
import io.sluice.upstream.spring.KubernetesProperties;
import io.sluice.upstream.spring.UpstreamProperties;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.gateway.config.GatewayLoadBalancerProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClients;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import reactor.netty.http.client.HttpClient;

/** Balancing: the upstreams, the filters that use them, and the adapter for other clients. */
@AutoConfiguration(
        afterName =
                "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@LoadBalancerClients(defaultConfiguration = LoadBalancerConfiguration.class)
class BalanceAutoConfiguration {

    @Bean(destroyMethod = "stop")
    Control balanceControl() {
        return new Control();
    }

    @Bean
    EndpointSources endpointSources(
            ObjectProvider<ReactiveDiscoveryClient> clients,
            ObjectProvider<DiscoveryClient> blockingClients,
            KubernetesProperties kubernetes,
            Environment environment,
            Control control) {
        return new EndpointSources(
                Discovery.of(
                        clients.orderedStream().toList(), blockingClients.orderedStream().toList()),
                kubernetes,
                environment::getProperty,
                control.nanoClock(),
                control.random());
    }

    @Bean
    Upstreams upstreams(
            BalanceSettings settings,
            EndpointSources sources,
            Control control,
            UpstreamTls tls,
            ActiveConfiguration active,
            ObjectProvider<MeterRegistry> meters,
            ObjectProvider<HttpClientProperties> client,
            ObjectProvider<SslBundles> bundles) {
        MeterRegistry registry = meters.getIfAvailable(SimpleMeterRegistry::new);
        return new Upstreams(
                checked(settings, tls),
                active,
                sources,
                (one, zone) ->
                        new Upstream(one, zone, control, new UpstreamMeters(registry, one.id())),
                control,
                new Probes(
                        control, probeClient(client.getObject(), bundles.getObject(), tls), tls));
    }

    @Bean
    UpstreamsReload upstreamsReload(Upstreams upstreams, Control control, UpstreamTls tls) {
        return new UpstreamsReload(upstreams, control, settings -> checked(settings, tls));
    }

    private static UpstreamSet checked(BalanceSettings settings, UpstreamTls tls) {
        Algorithm fallback =
                UpstreamSettings.algorithm("sluice.default-algorithm", settings.defaultAlgorithm());
        Map<String, UpstreamSettings> configured = new LinkedHashMap<>();
        settings.upstreams()
                .forEach((id, one) -> configured.put(id, UpstreamSettings.of(id, one, fallback)));
        configured.forEach((id, one) -> checkTls(tls, id, one.tls()));
        return new UpstreamSet(
                settings,
                configured,
                Map.of(),
                id -> UpstreamSettings.of(id, allDefaults(), fallback));
    }

    /**
     * Checks trust what the proxied requests trust. They speak HTTP/1.1: fresh server properties
     * ask for nothing else.
     */
    private static HttpClient probeClient(
            HttpClientProperties client, SslBundles bundles, UpstreamTls tls) {
        return new SharedTls(client.getSsl(), new ServerProperties(), bundles, tls)
                .configureSsl(HttpClient.newConnection());
    }

    @Bean
    UpstreamsHealthIndicator upstreamsHealthIndicator(Upstreams upstreams) {
        return new UpstreamsHealthIndicator(upstreams);
    }

    @Bean
    WatchingEnd watchingEnd(Upstreams upstreams) {
        return new WatchingEnd(upstreams);
    }

    private static void checkTls(UpstreamTls tls, String id, @Nullable TlsSettings settings) {
        if (settings != null) {
            tls.check(UpstreamSettings.PREFIX + id + ".tls.bundle", settings);
        }
    }

    /** What an upstream is that nobody configured: every default. */
    private static UpstreamProperties allDefaults() {
        return new Binder(new MapConfigurationPropertySource(Map.of()))
                .bindOrCreate("none", UpstreamProperties.class);
    }

    @Bean
    BalancingFilter balancingFilter(
            Upstreams upstreams,
            LeaseFilter leases,
            Control control,
            ObjectProvider<GatewayLoadBalancerProperties> properties) {
        GatewayLoadBalancerProperties stock = properties.getIfAvailable();
        return new BalancingFilter(
                upstreams, leases, stock != null && stock.isUse404(), control.nanoClock());
    }

    @Bean
    BalancingPreview balancingPreview(Upstreams upstreams) {
        return new BalancingPreview(upstreams);
    }

    @Bean
    UpstreamViews upstreamViews(Upstreams upstreams) {
        return new UpstreamViews(upstreams);
    }

    @Bean
    LeaseFilter leaseFilter(Upstreams upstreams, Control control) {
        return new LeaseFilter(upstreams, control.nanoClock(), InstantSource.system());
    }

    @Bean
    UpstreamRouteCheck upstreamRouteCheck(Upstreams upstreams) {
        return new UpstreamRouteCheck(upstreams);
    }

    @Bean
    @ConditionalOnAvailableEndpoint
    UpstreamsEndpoint upstreamsEndpoint(Upstreams upstreams) {
        return new UpstreamsEndpoint(upstreams);
    }
}
