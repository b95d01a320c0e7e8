package io.sluice.proxy.spring;

import io.sluice.edge.netty.WebSocketLimits;
import io.sluice.proxy.TlsSettings;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import org.springframework.web.reactive.socket.client.WebSocketClient;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;

/**
 * Spring Cloud Gateway's client for WebSockets, with the keys and trust of the upstream that {@link
 * UpstreamWebSocketService} has put into the Reactor context, and limits to what an upstream sends.
 * Thread-safe.
 */
final class UpstreamWebSocketClient implements WebSocketClient {

    private final HttpClient http;
    private final WebsocketClientSpec spec;
    private final WebSocketClient shared;
    private final UpstreamTls tls;
    private final Map<TlsSettings, WebSocketClient> own = new ConcurrentHashMap<>();

    /**
     * @param limits what an upstream may send
     */
    UpstreamWebSocketClient(
            ReactorNettyWebSocketClient stock, UpstreamTls tls, WebSocketLimits limits) {
        this.http =
                stock.getHttpClient()
                        .doOnResponse((response, connection) -> watch(connection, limits));
        this.spec = stock.getWebsocketClientSpec();
        this.shared = client(http);
        this.tls = tls;
    }

    private static void watch(Connection connection, WebSocketLimits limits) {
        limits.install(connection.channel().pipeline(), cut -> {});
    }

    @Override
    public Mono<Void> execute(URI url, WebSocketHandler handler) {
        return execute(url, new HttpHeaders(), handler);
    }

    @Override
    public Mono<Void> execute(URI url, HttpHeaders headers, WebSocketHandler handler) {
        return Mono.deferContextual(
                context ->
                        context.<TlsSettings>getOrEmpty(TlsSettings.class)
                                .map(settings -> own.computeIfAbsent(settings, this::withKeys))
                                .orElse(shared)
                                .execute(url, headers, handler));
    }

    /** A WebSocket begins with an upgrade, so with HTTP/1.1 (RFC 6455 section 4.1). */
    private WebSocketClient withKeys(TlsSettings settings) {
        return client(tls.secure(http.protocol(HttpProtocol.HTTP11), settings));
    }

    private WebSocketClient client(HttpClient client) {
        return new ReactorNettyWebSocketClient(
                client,
                () ->
                        WebsocketClientSpec.builder()
                                .handlePing(spec.handlePing())
                                .maxFramePayloadLength(spec.maxFramePayloadLength()));
    }
}
