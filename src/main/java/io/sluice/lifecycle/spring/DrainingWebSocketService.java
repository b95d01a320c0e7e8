package io.sluice.lifecycle.spring;

import io.sluice.pipeline.Closing;
import java.util.List;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Closes proxied WebSockets with 1001 (going away, RFC 6455 section 7.4.1) when a drain ends
 * streams: the close frame goes out first, then the handler ends.
 */
final class DrainingWebSocketService implements WebSocketService {

    private final WebSocketService delegate;
    private final Closing closing;

    DrainingWebSocketService(WebSocketService delegate, Closing closing) {
        this.delegate = delegate;
        this.closing = closing;
    }

    @Override
    public Mono<Void> handleRequest(ServerWebExchange exchange, WebSocketHandler handler) {
        return delegate.handleRequest(exchange, new Handler(handler, closing));
    }

    private record Handler(WebSocketHandler delegate, Closing closing) implements WebSocketHandler {

        @Override
        public List<String> getSubProtocols() {
            return delegate.getSubProtocols();
        }

        @Override
        public Mono<Void> handle(WebSocketSession session) {
            Mono<Void> goingAway =
                    closing.streamsClose(Mono.defer(() -> session.close(CloseStatus.GOING_AWAY)));
            return Mono.firstWithSignal(delegate.handle(session), goingAway);
        }
    }
}
