package io.sluice.edge.spring;

import io.sluice.pipeline.ActiveConfiguration;
import io.sluice.pipeline.RequestState;
import io.sluice.pipeline.RouteCompiler;
import io.sluice.problem.Problem;
import io.sluice.problem.spring.ProblemWriter;
import java.net.URI;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.filter.factory.RequestHeaderToRequestUriGatewayFilterFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Spring Cloud Gateway's {@code RequestHeaderToRequestUri}, by which a client names the target of
 * its request, kept to targets that the configuration names, too.
 */
final class BoundedRequestUriGatewayFilterFactory
        extends RequestHeaderToRequestUriGatewayFilterFactory {

    private static final Problem REFUSED =
            Problem.of(
                    400,
                    "bad-target",
                    "Bad Request",
                    "The request names a target that it may not have.");

    private final ActiveConfiguration active;
    private final Supplier<RouteCompiler> routes;

    /**
     * @param routes asked with each request that names a target
     */
    BoundedRequestUriGatewayFilterFactory(
            ActiveConfiguration active, Supplier<RouteCompiler> routes) {
        this.active = active;
        this.routes = routes;
    }

    @Override
    public String name() {
        return "RequestHeaderToRequestUri";
    }

    @Override
    public GatewayFilter apply(NameConfig config) {
        OrderedGatewayFilter unbounded = (OrderedGatewayFilter) super.apply(config);
        return new OrderedGatewayFilter(
                (exchange, chain) -> {
                    URI before = target(exchange);
                    return unbounded.filter(exchange, passed -> bounded(before, passed, chain));
                },
                unbounded.getOrder());
    }

    private static URI target(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
    }

    private Mono<Void> bounded(URI before, ServerWebExchange exchange, GatewayFilterChain chain) {
        URI target = target(exchange);
        if (target.equals(before)) {
            return chain.filter(exchange);
        }
        EdgeRules rules = RequestState.of(exchange).configuration(active).get(EdgeRules.PART);
        List<URI> configured = routes.get().routes().stream().map(Route::getUri).toList();
        return rules.requestUris().allow(target, configured)
                ? chain.filter(exchange)
                : ProblemWriter.write(exchange, REFUSED);
    }
}
