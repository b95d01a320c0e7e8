package io.sluice.lifecycle.spring;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.sluice.pipeline.ClientConnection;
import io.sluice.pipeline.Closing;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Closes proxied WebSockets with 1001 (going away, RFC 6455 section 7.4.1) when a drain ends
 * streams: first the closing handshake with the client, then the handler ends.
 */
final class DrainingWebSocketService implements WebSocketService {

    /** Within the drain's own wait for farewells. */
    private static final Duration PATIENCE = Duration.ofMillis(800);

    private final WebSocketService delegate;
    private final Closing closing;

    DrainingWebSocketService(WebSocketService delegate, Closing closing) {
        this.delegate = delegate;
        this.closing = closing;
    }

    @Override
    public Mono<Void> handleRequest(ServerWebExchange exchange, WebSocketHandler handler) {
        return delegate.handleRequest(
                exchange,
                new Handler(handler, closing, ClientConnection.channel(exchange.getRequest())));
    }

    private record Handler(WebSocketHandler delegate, Closing closing, @Nullable Channel channel)
            implements WebSocketHandler {

        @Override
        public List<String> getSubProtocols() {
            return delegate.getSubProtocols();
        }

        @Override
        public Mono<Void> handle(WebSocketSession session) {
            Mono<Void> goingAway = closing.streamsClose(Mono.defer(() -> farewell(session)));
            return Mono.firstWithSignal(delegate.handle(session), goingAway);
        }

        private Mono<Void> farewell(WebSocketSession session) {
            return channel == null
                    ? session.close(CloseStatus.GOING_AWAY)
                    : ClosingHandshake.on(
                            channel, WebSocketCloseStatus.ENDPOINT_UNAVAILABLE, PATIENCE);
        }
    }
}
