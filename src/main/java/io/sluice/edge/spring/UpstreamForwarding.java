package io.sluice.edge.spring;

import io.sluice.edge.Forwarding;
import io.sluice.pipeline.AmendedRequest;
import io.sluice.pipeline.RequestHeaderRule;
import io.sluice.pipeline.RequestState;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/**
 * Writes what the upstream learns of the client, from what the edge has settled: {@code
 * X-Forwarded-For}, {@code -Proto}, {@code -Host}, {@code -Port}, {@code Forwarded} and {@code
 * X-Real-IP}, over whatever stands there. Stateless.
 */
final class UpstreamForwarding implements RequestHeaderRule, Ordered {

    private final boolean stock;

    /**
     * @param stock whether Spring Cloud Gateway's own filters write all but {@code X-Real-IP}, as
     *     its setting {@code trusted-proxies} asks
     */
    UpstreamForwarding(boolean stock) {
        this.stock = stock;
    }

    /** After Spring Cloud Gateway's own, which remove these headers or write theirs. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void apply(ServerWebExchange exchange, Outgoing headers) {
        RequestState state = RequestState.of(exchange);
        Forwarding forwarding = state.forwarding();
        if (forwarding == null || forwarding.chain().isEmpty()) {
            return;
        }
        // What the server answered by itself when the body was asked for.
        headers.remove(HttpHeaders.EXPECT);
        headers.set("X-Real-IP", state.client());
        if (!stock) {
            headers.set("X-Forwarded-For", forwarding.xForwardedFor());
            headers.set("X-Forwarded-Proto", forwarding.scheme());
            headers.set("X-Forwarded-Port", Integer.toString(forwarding.port()));
            headers.set("Forwarded", forwarding.forwarded());
            if (!forwarding.host().isEmpty()) {
                headers.set("X-Forwarded-Host", forwarding.host());
            }
            String prefix = AmendedRequest.first(exchange.getRequest(), "X-Forwarded-Prefix");
            if (prefix != null) {
                headers.set("X-Forwarded-Prefix", prefix);
            }
        }
    }
}
