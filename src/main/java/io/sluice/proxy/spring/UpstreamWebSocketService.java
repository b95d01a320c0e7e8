package io.sluice.proxy.spring;

import io.sluice.pipeline.RequestState;
import io.sluice.proxy.TlsSettings;
import java.util.List;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Tells {@link UpstreamWebSocketClient} whose keys and trust a WebSocket needs. */
final class UpstreamWebSocketService implements WebSocketService {

    private final WebSocketService delegate;

    UpstreamWebSocketService(WebSocketService delegate) {
        this.delegate = delegate;
    }

    @Override
    public Mono<Void> handleRequest(ServerWebExchange exchange, WebSocketHandler handler) {
        TlsSettings tls = RequestState.of(exchange).tls();
        return delegate.handleRequest(exchange, tls == null ? handler : new Handler(handler, tls));
    }

    private record Handler(WebSocketHandler delegate, TlsSettings tls) implements WebSocketHandler {

        @Override
        public List<String> getSubProtocols() {
            return delegate.getSubProtocols();
        }

        @Override
        public Mono<Void> handle(WebSocketSession session) {
            return delegate.handle(session)
                    .contextWrite(context -> context.put(TlsSettings.class, tls));
        }
    }
}
