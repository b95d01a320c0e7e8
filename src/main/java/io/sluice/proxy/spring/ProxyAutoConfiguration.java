package io.sluice.proxy.spring;

import io.sluice.pipeline.RouteCheck;
import io.sluice.problem.spring.ProblemMapper;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.context.annotation.Bean;
import reactor.netty.http.client.HttpClient;

/** Sending to the upstream, and what its failures mean to the client. */
@AutoConfiguration
class ProxyAutoConfiguration {

    @Bean
    ProxyFilter proxyFilter(
            HttpClient httpClient,
            ObjectProvider<List<HttpHeadersFilter>> headersFilters,
            HttpClientProperties properties,
            UpstreamTls tls) {
        return new ProxyFilter(httpClient, headersFilters, properties, tls);
    }

    @Bean
    UpstreamTls upstreamTls(SslBundles bundles) {
        return new UpstreamTls(bundles);
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
