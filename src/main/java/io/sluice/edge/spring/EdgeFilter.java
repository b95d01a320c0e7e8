package io.sluice.edge.spring;

import io.sluice.edge.Forwarding;
import io.sluice.edge.ForwardingHeaders;
import io.sluice.edge.PathRelaxation;
import io.sluice.edge.PathRules;
import io.sluice.edge.PathVerdict;
import io.sluice.edge.TrustedProxies;
import io.sluice.pipeline.ActiveConfiguration;
import io.sluice.pipeline.ClientConnection;
import io.sluice.pipeline.Inline;
import io.sluice.pipeline.RequestState;
import io.sluice.pipeline.Stage;
import io.sluice.pipeline.TrafficPort;
import io.sluice.problem.Problem;
import io.sluice.problem.spring.ProblemWriter;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Refuses heads and paths that two readers could read differently, settles the client's address
 * once for limiter, hash, log and upstream, and removes the headers that only a proxy may send.
 */
@Inline
final class EdgeFilter implements WebFilter, Ordered {

    private final TrafficPort trafficPort;
    private final ActiveConfiguration active;

    EdgeFilter(TrafficPort trafficPort, ActiveConfiguration active) {
        this.trafficPort = trafficPort;
        this.active = active;
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
        HttpServerRequest line = RequestHead.requestLine(request);
        String peer = address(ClientConnection.peer(request));
        RequestState state = RequestState.of(exchange);
        EdgeRules rules = state.configuration(active).get(EdgeRules.PART);
        Forwarding forwarding = forwarding(rules.trustedProxies(), request, line, peer);
        state.forwarding(forwarding);
        Problem problem = rules.head().problem(request, line);
        if (problem != null) {
            return ProblemWriter.write(exchange, problem);
        }
        String raw = request.getURI().getRawPath();
        String path = rules.mergeSlashes() ? PathRules.mergeSlashes(raw) : raw;
        PathVerdict verdict = PathRules.check(path);
        if (verdict.refused() && mayNotPassAnywhere(path, verdict)) {
            return ProblemWriter.write(exchange, PathGuard.problem(verdict));
        }
        state.pathDoubt(verdict.refused() ? verdict : null);
        Problem body = rules.bodies().problem(request);
        if (body != null) {
            return ProblemWriter.write(exchange, body);
        }
        ServerHttpRequest clean = rules.inbound().clean(request, peer, forwarding);
        if (!path.equals(raw)) {
            clean = clean.mutate().path(path).build();
        }
        clean = rules.bodies().guarded(exchange, clean);
        return chain.filter(clean == request ? exchange : exchange.mutate().request(clean).build());
    }

    /** Otherwise it is up to the route, which is not known yet. */
    private static boolean mayNotPassAnywhere(String path, PathVerdict verdict) {
        return !verdict.relaxable() || PathRules.check(path, PathRelaxation.ALL).refused();
    }

    private static Forwarding forwarding(
            TrustedProxies trustedProxies,
            ServerHttpRequest request,
            @Nullable HttpServerRequest line,
            String peer) {
        HttpHeaders headers = request.getHeaders();
        String host = headers.getFirst(HttpHeaders.HOST);
        String scheme = line == null ? request.getURI().getScheme() : line.scheme();
        return Forwarding.of(
                trustedProxies,
                peer,
                trustedProxies.trusts(peer) ? forwardingHeaders(headers) : ForwardingHeaders.NONE,
                "https".equals(scheme) ? "https" : "http",
                host == null ? "" : host);
    }

    private static ForwardingHeaders forwardingHeaders(HttpHeaders headers) {
        return new ForwardingHeaders(
                all(headers, "X-Forwarded-For"),
                all(headers, "Forwarded"),
                all(headers, "X-Forwarded-Proto"),
                all(headers, "X-Forwarded-Host"),
                all(headers, "X-Forwarded-Port"));
    }

    private static List<String> all(HttpHeaders headers, String name) {
        return headers.getOrEmpty(name);
    }

    private static String address(@Nullable InetSocketAddress address) {
        if (address == null) {
            return "";
        }
        return address.getAddress() == null
                ? address.getHostString()
                : address.getAddress().getHostAddress();
    }
}
