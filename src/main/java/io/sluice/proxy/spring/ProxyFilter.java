package io.sluice.proxy.spring;

import static org.springframework.cloud.gateway.support.RouteMetadataUtils.CONNECT_TIMEOUT_ATTR;
import static org.springframework.cloud.gateway.support.RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.CLIENT_RESPONSE_HEADER_NAMES;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.ORIGINAL_RESPONSE_CONTENT_TYPE_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.PRESERVE_HOST_HEADER_ATTRIBUTE;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.isAlreadyRouted;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.setAlreadyRouted;

import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.sluice.pipeline.AmendedRequest;
import io.sluice.pipeline.ClientConnection;
import io.sluice.pipeline.Inline;
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
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatusCode;
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
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Sends the request to the upstream and takes its answer's head, in the place of Spring Cloud
 * Gateway's filter and to the same effect: headers in one pass each way, the address as it is, no
 * body where there is none. The upstream's time limits are kept by timers of the event loop. A
 * limit of the route's metadata wins over the upstream's, and one that is set for all of {@code
 * httpclient} over Sluice's default.
 */
@Inline
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
    private volatile @Nullable HeaderPass headerPass;

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
        URI target = exchange.getRequiredAttribute(GATEWAY_REQUEST_URL_ATTR);
        if (isAlreadyRouted(exchange) || !isHttp(target.getScheme())) {
            return chain.filter(exchange);
        }
        setAlreadyRouted(exchange);
        Route route = exchange.getRequiredAttribute(GATEWAY_ROUTE_ATTR);
        return exchanged(getHttpClient(route, exchange), target, exchange)
                .then(chain.filter(exchange));
    }

    private static boolean isHttp(@Nullable String scheme) {
        return "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
    }

    private Flux<HttpClientResponse> exchanged(
            HttpClient client, URI target, ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        HttpClient.RequestSender sender =
                client.headers(headers -> writeHead(exchange, headers))
                        .request(HttpMethod.valueOf(request.getMethod().name()))
                        .uri(target);
        HttpClient.ResponseReceiver<?> receiver =
                hasNoBody(request)
                        ? sender
                        : sender.send(
                                (sent, outbound) ->
                                        outbound.send(
                                                new CheckedBody(request, exchange.getResponse())
                                                        .getBody()
                                                        .map(this::getByteBuf)));
        return receiver.responseConnection(
                (answer, connection) -> {
                    takeHead(answer, connection, exchange);
                    return Mono.just(answer);
                });
    }

    /** Only where no filter can have put a body into a request that came without. */
    private static boolean hasNoBody(ServerHttpRequest request) {
        HttpServerRequest asItCame = ClientConnection.untouched(AmendedRequest.unamended(request));
        if (asItCame == null) {
            return false;
        }
        HttpHeaders headers = asItCame.requestHeaders();
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        return !headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                && (length == null || length.equals("0"));
    }

    /** The filters are beans that may want this one, so they are asked for late. */
    private HeaderPass headerPass() {
        HeaderPass pass = headerPass;
        if (pass == null) {
            pass = HeaderPass.of(getHeadersFilters());
            headerPass = pass;
        }
        return pass;
    }

    private void writeHead(ServerWebExchange exchange, HttpHeaders headers) {
        headerPass().request(exchange, headers);
        boolean preserveHost =
                exchange.getAttributeOrDefault(PRESERVE_HOST_HEADER_ATTRIBUTE, false);
        if (preserveHost) {
            headers.set(
                    HttpHeaderNames.HOST,
                    exchange.getRequest().getHeaders().getFirst(HttpHeaderNames.HOST.toString()));
        }
    }

    /** Kept for the filters that may change it; it is written when they have run. */
    private void takeHead(
            HttpClientResponse answer, Connection connection, ServerWebExchange exchange) {
        Map<String, Object> attributes = exchange.getAttributes();
        attributes.put(CLIENT_RESPONSE_ATTR, answer);
        attributes.put(CLIENT_RESPONSE_CONN_ATTR, connection);
        HttpHeaders headers = answer.responseHeaders();
        String contentType = headers.get(HttpHeaderNames.CONTENT_TYPE);
        if (contentType != null && !contentType.isEmpty()) {
            attributes.put(ORIGINAL_RESPONSE_CONTENT_TYPE_ATTR, contentType);
        }
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatusCode.valueOf(answer.status().code()));
        headerPass().response(headers, response.getHeaders(), exchange);
        attributes.put(CLIENT_RESPONSE_HEADER_NAMES, new HeaderNames(headers));
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
        URI url = exchange.getAttribute(GATEWAY_REQUEST_URL_ATTR);
        return UpstreamProtocol.isH2c(route) && url != null && "http".equals(url.getScheme());
    }
}
