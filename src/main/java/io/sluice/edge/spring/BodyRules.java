package io.sluice.edge.spring;

import io.netty.channel.Channel;
import io.sluice.edge.netty.BodyGuard;
import io.sluice.edge.netty.ClientConnections;
import io.sluice.edge.netty.ClientLimits;
import io.sluice.pipeline.ClientConnection;
import io.sluice.problem.Problem;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;

/** Holds bodies to the gateway's size and pace. A request without one is left as it is. */
final class BodyRules {

    private static final String SLOW_BODIES = "slow-bodies";

    private final ClientConnections connections;
    private final long mostBytes;
    private final BodyGuard size;

    /**
     * @param mostBytes 0 is no limit
     */
    BodyRules(ClientConnections connections, long mostBytes) {
        this.connections = connections;
        this.mostBytes = mostBytes;
        this.size = BodyGuard.ofSize(mostBytes);
    }

    /** Why the body is refused before a byte of it is read, or {@code null}. */
    @Nullable Problem problem(ServerHttpRequest request) {
        return size.refuses(request.getHeaders()) ? ClientLimits.TOO_LARGE : null;
    }

    ServerHttpRequest guarded(ServerWebExchange exchange, ServerHttpRequest request) {
        Channel channel =
                BodyGuard.hasBody(request.getHeaders()) ? ClientConnection.channel(request) : null;
        return channel == null
                ? request
                : guarded(request, connections.guard(channel, mostBytes, () -> mayPause(exchange)));
    }

    /** Streams of gRPC, and of whatever else a route says so of, pause for as long as they like. */
    private static boolean mayPause(ServerWebExchange exchange) {
        Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        return route != null
                && ("h2c".equals(route.getMetadata().get("upstream-protocol"))
                        || "true".equals(String.valueOf(route.getMetadata().get(SLOW_BODIES))));
    }

    static ServerHttpRequest guarded(ServerHttpRequest request, BodyGuard guard) {
        return new ServerHttpRequestDecorator(request) {
            @Override
            public Flux<DataBuffer> getBody() {
                return guard.around(super.getBody());
            }
        };
    }
}
