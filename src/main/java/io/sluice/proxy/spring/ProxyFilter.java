package io.sluice.proxy.spring;

import static org.springframework.cloud.gateway.support.RouteMetadataUtils.CONNECT_TIMEOUT_ATTR;
import static org.springframework.cloud.gateway.support.RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR;

import io.netty.channel.ChannelOption;
import io.sluice.pipeline.RequestState;
import io.sluice.pipeline.Stage;
import io.sluice.problem.spring.ProblemWriter;
import io.sluice.proxy.Timeouts;
import io.sluice.proxy.TlsSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.NettyRoutingFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;

/**
 * Spring Cloud Gateway's routing filter with the upstream's time limits, kept by timers of the
 * event loop. A limit of the route's metadata wins over the upstream's, and one that is set for all
 * of {@code httpclient} over Sluice's default.
 */
final class ProxyFilter extends NettyRoutingFilter {

    private static final Duration NO_LIMIT = Timeouts.NO_LIMIT;

    /**
     * @param h2c whether the upstream is spoken to in HTTP/2 without TLS
     * @param tls keys and trust of its own, for https
     */
    private record Kind(Timeouts timeouts, boolean h2c, @Nullable TlsSettings tls) {}

    private final HttpClient httpClient;
    private final HttpClientProperties properties;
    private final UpstreamTls tls;
    private final ConcurrentMap<Kind, HttpClient> clients = new ConcurrentHashMap<>();

    ProxyFilter(
            HttpClient httpClient,
            ObjectProvider<List<HttpHeadersFilter>> headersFilters,
            HttpClientProperties properties,
            UpstreamTls tls) {
        // The base class gets no limits of its own: all of them are decided here.
        super(httpClient, headersFilters, new HttpClientProperties());
        this.httpClient = httpClient;
        this.properties = properties;
        this.tls = tls;
    }

    @Override
    public int getOrder() {
        return Stage.PROXY.order();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        ServerHttpRequest request = new CheckedBody(exchange.getRequest(), exchange.getResponse());
        return super.filter(exchange.mutate().request(request).build(), chain);
    }

    /** Says of the body's errors whose they are, and lets none pass for its end. */
    private static final class CheckedBody extends ServerHttpRequestDecorator {

        private final ServerHttpResponse response;

        CheckedBody(ServerHttpRequest delegate, ServerHttpResponse response) {
            super(delegate);
            this.response = response;
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return super.getBody()
                    .onErrorMap(RequestBodyException::new)
                    .concatWith(Mono.defer(this::atEnd));
        }

        private Mono<DataBuffer> atEnd() {
            return ProblemWriter.answeredByServer(response)
                    ? Mono.error(new RequestBodyException(null))
                    : Mono.empty();
        }
    }

    @Override
    protected HttpClient getHttpClient(Route route, ServerWebExchange exchange) {
        RequestState state = RequestState.of(exchange);
        Kind kind = new Kind(limits(route, state.timeouts()), isH2c(route, exchange), state.tls());
        HttpClient client = clients.get(kind);
        return client == null ? clients.computeIfAbsent(kind, this::client) : client;
    }

    /** One configured client for each set of limits; they come from configuration and are few. */
    private HttpClient client(Kind kind) {
        Timeouts limits = kind.timeouts();
        return client(kind.h2c(), kind.tls())
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        (int) Math.min(Integer.MAX_VALUE, limits.connect().toMillis()))
                .responseTimeout(limits.response())
                .doOnRequest((request, connection) -> ResponseGuard.install(connection))
                .doOnResponse((response, connection) -> idleLimit(connection, limits.idle()));
    }

    private HttpClient client(boolean h2c, @Nullable TlsSettings ownTls) {
        if (h2c) {
            return httpClient.noSSL().protocol(HttpProtocol.H2C);
        }
        return ownTls == null ? httpClient : tls.secure(httpClient, ownTls);
    }

    /** The head is here: from now on the limit is between two bytes. */
    private static void idleLimit(Connection connection, Duration idle) {
        if (connection.channel().pipeline().get(NettyPipeline.ResponseTimeoutHandler) != null) {
            connection.removeHandler(NettyPipeline.ResponseTimeoutHandler);
            if (idle.compareTo(NO_LIMIT) < 0) {
                connection.addHandlerFirst(
                        NettyPipeline.ResponseTimeoutHandler, new IdleLimit(idle));
            }
        }
    }

    private Timeouts limits(Route route, Timeouts upstream) {
        Map<String, Object> metadata = route.getMetadata();
        if (metadata.isEmpty()
                && properties.getResponseTimeout() == null
                && properties.getConnectTimeout() == null) {
            return upstream;
        }
        Duration connect =
                firstOf(
                        millis(metadata.get(CONNECT_TIMEOUT_ATTR)),
                        upstream.connect(),
                        Timeouts.DEFAULT.connect(),
                        millis(properties.getConnectTimeout()));
        Duration response =
                firstOf(
                        millis(metadata.get(RESPONSE_TIMEOUT_ATTR)),
                        upstream.response(),
                        Timeouts.DEFAULT.response(),
                        properties.getResponseTimeout());
        return new Timeouts(connect, response, upstream.idle());
    }

    /** The route's own; else the upstream's where it differs from the default; else the global. */
    private static Duration firstOf(
            @Nullable Duration ofRoute,
            Duration ofUpstream,
            Duration byDefault,
            @Nullable Duration ofAll) {
        if (ofRoute != null) {
            return ofRoute;
        }
        return ofAll != null && ofUpstream.equals(byDefault) ? ofAll : ofUpstream;
    }

    /** A negative number means no limit, as Spring Cloud Gateway reads it; no number means none. */
    private static @Nullable Duration millis(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        try {
            long millis = Long.parseLong(value.toString());
            return millis > 0 ? Duration.ofMillis(millis) : NO_LIMIT;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** An {@code https} instance of an {@code lb://} route keeps to what TLS agrees on. */
    private static boolean isH2c(Route route, ServerWebExchange exchange) {
        URI url = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        return UpstreamProtocol.isH2c(route) && url != null && "http".equals(url.getScheme());
    }
}
