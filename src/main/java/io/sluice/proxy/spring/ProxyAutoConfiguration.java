package io.sluice.proxy.spring;

import io.sluice.edge.netty.WebSocketLimits;
import io.sluice.pipeline.RouteCheck;
import io.sluice.problem.spring.ProblemMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.cloud.gateway.config.GatewayAutoConfiguration;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientFactory;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.config.HttpClientSslConfigurer;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import org.springframework.web.reactive.socket.server.WebSocketService;
import reactor.netty.http.client.HttpClient;

/** Sending to the upstream, and what its failures mean to the client. */
@AutoConfiguration(before = GatewayAutoConfiguration.class)
class ProxyAutoConfiguration {

    private static final Duration POOLS_GIVEN_UP_AFTER = Duration.ofSeconds(60);

    @Bean
    @ConditionalOnMissingBean({HttpClient.class, HttpClientFactory.class})
    HttpClientFactory upstreamClientFactory(
            HttpClientProperties properties,
            ServerProperties server,
            HttpClientSslConfigurer ssl,
            ObjectProvider<HttpClientCustomizer> customizers) {
        return new UpstreamClientFactory(
                properties,
                server,
                ssl,
                new ArrayList<>(customizers.orderedStream().toList()),
                POOLS_GIVEN_UP_AFTER);
    }

    @Bean
    ProxyFilter proxyFilter(
            HttpClient httpClient,
            ObjectProvider<List<HttpHeadersFilter>> headersFilters,
            HttpClientProperties properties,
            UpstreamTls tls) {
        return new ProxyFilter(httpClient, headersFilters, properties, tls);
    }

    @Bean
    TargetUrlFilter targetUrlFilter() {
        return new TargetUrlFilter();
    }

    @Bean
    UpstreamTls upstreamTls(SslBundles bundles, HttpClientProperties properties) {
        return new UpstreamTls(bundles, properties.getSsl());
    }

    /** In place of Spring Cloud Gateway's own. */
    @Bean
    @Primary
    SharedTls sharedTls(
            HttpClientProperties properties,
            ServerProperties server,
            SslBundles bundles,
            UpstreamTls tls) {
        return new SharedTls(properties.getSsl(), server, bundles, tls);
    }

    /** Spring Cloud Gateway's own client and service, each with the upstream's keys in view. */
    @Bean
    static BeanPostProcessor upstreamWebSockets(
            ObjectProvider<UpstreamTls> tls, ObjectProvider<WebSocketLimits> limits) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                if (bean instanceof ReactorNettyWebSocketClient shared) {
                    return new UpstreamWebSocketClient(shared, tls.getObject(), limits.getObject());
                }
                return bean instanceof WebSocketService service
                        ? new UpstreamWebSocketService(service)
                        : bean;
            }
        };
    }

    @Bean
    NettyWriteResponseFilter proxyWriteResponseFilter(
            GatewayProperties properties, ObjectProvider<List<HttpHeadersFilter>> headersFilters) {
        return new WriteFilter(properties.getStreamingMediaTypes(), headersFilters);
    }

    @Bean
    GrpcTrailersOnly grpcTrailersOnly() {
        return new GrpcTrailersOnly();
    }

    @Bean
    RouteCheck upstreamProtocolCheck() {
        return UpstreamProtocol::check;
    }

    @Bean
    ProblemMapper upstreamProblems() {
        return UpstreamProblems::of;
    }
}
