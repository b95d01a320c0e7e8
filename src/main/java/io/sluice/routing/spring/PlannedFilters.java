package io.sluice.routing.spring;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import java.util.List;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Spring Cloud Gateway's running of filters, with the route's plan in place of a list that is
 * merged and sorted for each request. Thread-safe.
 */
final class PlannedFilters extends FilteringWebHandler {

    PlannedFilters(List<GlobalFilter> globalFilters) {
        super(globalFilters, false);
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        Route route = exchange.getRequiredAttribute(GATEWAY_ROUTE_ATTR);
        CompiledRoute compiled = exchange.getAttribute(CompiledRoute.ATTRIBUTE);
        // A filter in front may have put another route in its place.
        return compiled == null || compiled.route() != route
                ? super.handle(exchange)
                : plan(compiled).run(exchange);
    }

    /** Two requests may work it out at the same time, to the same result. */
    private FilterPlan plan(CompiledRoute route) {
        FilterPlan plan = route.filters().getPlain();
        if (plan == null) {
            plan = FilterPlan.of(getAllFilters(route.route()), isProxied(route));
            route.filters().set(plan);
        }
        return plan;
    }

    /** Not forwarded inside, and chosen by predicates none of which can have read the body. */
    private static boolean isProxied(CompiledRoute route) {
        return route.steps() != null && !"forward".equals(route.route().getUri().getScheme());
    }
}
