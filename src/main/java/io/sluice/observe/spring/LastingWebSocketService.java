package io.sluice.observe.spring;

import io.sluice.pipeline.RequestState;
import io.sluice.upstream.Lease;
import java.util.List;
import java.util.function.LongSupplier;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Makes an exchange last as long as its WebSocket. Left alone it ends with the handshake, and with
 * it all that is held for the length of a request: the lease at the instance, the count of open
 * requests, the access record.
 */
final class LastingWebSocketService implements WebSocketService {

    private final WebSocketService delegate;
    private final LongSupplier nanoClock;

    LastingWebSocketService(WebSocketService delegate, LongSupplier nanoClock) {
        this.delegate = delegate;
        this.nanoClock = nanoClock;
    }

    @Override
    public Mono<Void> handleRequest(ServerWebExchange exchange, WebSocketHandler handler) {
        // What the handshake answers; Spring leaves it unset. A refusal sets its own.
        exchange.getResponse().setStatusCode(HttpStatus.SWITCHING_PROTOCOLS);
        Lasting lasting = new Lasting(handler, exchange, nanoClock);
        return delegate.handleRequest(exchange, lasting).then(Mono.defer(lasting::ended));
    }

    /** The handler of one exchange, and the end of its session. */
    private static final class Lasting implements WebSocketHandler {

        private final WebSocketHandler delegate;
        private final ServerWebExchange exchange;
        private final LongSupplier nanoClock;
        private final Sinks.Empty<Void> end = Sinks.empty();
        private volatile boolean begun;

        Lasting(WebSocketHandler delegate, ServerWebExchange exchange, LongSupplier nanoClock) {
            this.delegate = delegate;
            this.exchange = exchange;
            this.nanoClock = nanoClock;
        }

        @Override
        public List<String> getSubProtocols() {
            return delegate.getSubProtocols();
        }

        @Override
        public Mono<Void> handle(WebSocketSession session) {
            begun = true;
            opened();
            return delegate.handle(session).doFinally(signal -> end.tryEmitEmpty());
        }

        /** The session's length is no response time: that ends here. */
        private void opened() {
            long now = nanoClock.getAsLong();
            RequestState state = RequestState.of(exchange);
            state.responseStarted(now);
            Lease lease = state.lease();
            if (lease != null) {
                lease.responseStarted(now);
            }
        }

        /** A handshake that came to nothing has no session to wait for. */
        Mono<Void> ended() {
            return begun ? end.asMono() : Mono.empty();
        }
    }
}
