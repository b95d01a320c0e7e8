package io.sluice.edge.spring;

import io.sluice.edge.PathRules;
import io.sluice.edge.PathVerdict;
import io.sluice.pipeline.Inline;
import io.sluice.pipeline.Stage;
import io.sluice.problem.spring.ProblemWriter;
import java.net.URI;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Judges once more what filters such as {@code RewritePath} have made of the path, by the rules of
 * the edge: pieces of a harmless path can be put together to a harmful one. Stateless.
 */
@Inline
final class TargetGuard implements GlobalFilter, Ordered {

    @Override
    public int getOrder() {
        return Stage.CHECK_TARGET.order();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        URI target = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        String path = target == null ? null : target.getRawPath();
        if (path != null) {
            PathVerdict verdict = PathRules.check(path);
            if (verdict.relaxable()) {
                verdict = PathRules.check(path, PathGuard.relaxations(exchange));
            }
            if (verdict.refused()) {
                return ProblemWriter.write(exchange, PathGuard.problem(verdict));
            }
        }
        return chain.filter(exchange);
    }
}
