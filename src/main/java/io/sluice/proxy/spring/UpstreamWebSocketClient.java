package io.sluice.proxy.spring;

import io.sluice.proxy.TlsSettings;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import org.springframework.web.reactive.socket.client.WebSocketClient;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;

/**
 * Spring Cloud Gateway's client for WebSockets, with the keys and trust of the upstream that {@link
 * UpstreamWebSocketService} has put into the Reactor context. Thread-safe.
 */
final class UpstreamWebSocketClient implements WebSocketClient {

    private final ReactorNettyWebSocketClient shared;
    private final UpstreamTls tls;
    private final Map<TlsSettings, WebSocketClient> own = new ConcurrentHashMap<>();

    UpstreamWebSocketClient(ReactorNettyWebSocketClient shared, UpstreamTls tls) {
        this.shared = shared;
        this.tls = tls;
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
                                .map(settings -> own.computeIfAbsent(settings, this::client))
                                .orElse(shared)
                                .execute(url, headers, handler));
    }

    /** A WebSocket begins with an upgrade, so with HTTP/1.1 (RFC 6455 section 4.1). */
    private WebSocketClient client(TlsSettings settings) {
        HttpClient client = shared.getHttpClient().protocol(HttpProtocol.HTTP11);
        WebsocketClientSpec spec = shared.getWebsocketClientSpec();
        return new ReactorNettyWebSocketClient(
                tls.secure(client, settings),
                () ->
                        WebsocketClientSpec.builder()
                                .handlePing(spec.handlePing())
                                .maxFramePayloadLength(spec.maxFramePayloadLength()));
    }
}
