package io.sluice.edge.spring;

import io.sluice.edge.PathRules;
import io.sluice.edge.PathVerdict;
import io.sluice.edge.TrustedProxies;
import io.sluice.pipeline.ClientConnection;
import io.sluice.pipeline.RequestState;
import io.sluice.pipeline.Stage;
import io.sluice.pipeline.TrafficPort;
import io.sluice.problem.Problem;
import io.sluice.problem.spring.ProblemWriter;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Refuses heads and paths that two readers could read differently, and settles the client's address
 * once for limiter, hash and log.
 */
final class EdgeFilter implements WebFilter, Ordered {

    private final TrafficPort trafficPort;
    private final TrustedProxies trustedProxies;

    EdgeFilter(TrafficPort trafficPort, TrustedProxies trustedProxies) {
        this.trafficPort = trafficPort;
        this.trustedProxies = trustedProxies;
    }

    @Override
    public int getOrder() {
        return Stage.EDGE.order();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!trafficPort.carries(exchange)) {
            return chain.filter(exchange);
        }
        ServerHttpRequest request = exchange.getRequest();
        RequestState.of(exchange).client(clientOf(request));
        Problem problem = RequestHead.problem(request);
        if (problem != null) {
            return ProblemWriter.write(exchange, problem);
        }
        PathVerdict verdict = PathRules.check(request.getURI().getRawPath());
        if (verdict.refused()) {
            return ProblemWriter.write(
                    exchange, Problem.of(400, "bad-path", "Bad Request", verdict.detail()));
        }
        return chain.filter(exchange);
    }

    private String clientOf(ServerHttpRequest request) {
        return trustedProxies.clientOf(
                peer(ClientConnection.peer(request)),
                request.getHeaders().getOrEmpty("X-Forwarded-For"),
                request.getHeaders().getOrEmpty("Forwarded"));
    }

    private static String peer(@Nullable InetSocketAddress address) {
        if (address == null) {
            return "";
        }
        return address.getAddress() == null
                ? address.getHostString()
                : address.getAddress().getHostAddress();
    }
}
