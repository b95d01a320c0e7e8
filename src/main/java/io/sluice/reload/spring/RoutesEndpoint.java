package io.sluice.reload.spring;

import io.sluice.pipeline.RouteCompiler;
import io.sluice.reload.ReloadStatus;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.route.Route;

/**
 * {@code /actuator/routes}: the active routes in match order, and the configuration they are of.
 * Filters are shown by name: their arguments may hold secrets.
 */
@Endpoint(id = "routes")
final class RoutesEndpoint {

    /**
     * What is active.
     *
     * @param configuration its version and hash, and what was last refused
     */
    record Listing(ReloadStatus configuration, List<Entry> routes) {}

    /**
     * One route.
     *
     * @param predicates the tests, in words
     * @param filters names in the order in which a request meets them, default filters included
     */
    record Entry(String id, String uri, int order, String predicates, List<String> filters) {

        static Entry of(Route route, String predicates) {
            return new Entry(
                    route.getId(),
                    route.getUri().toString(),
                    route.getOrder(),
                    predicates,
                    route.getFilters().stream().map(Entry::name).toList());
        }

        /** The first word of what a filter says of itself. */
        private static String name(GatewayFilter filter) {
            GatewayFilter inner = filter;
            while (inner instanceof OrderedGatewayFilter ordered) {
                inner = ordered.getDelegate();
            }
            String text = inner.toString().replaceFirst("^\\[+", "");
            String[] words = text.split("[^A-Za-z0-9]", 2);
            return words[0].isEmpty() ? inner.getClass().getSimpleName() : words[0];
        }
    }

    private final Supplier<ReloadStatus> status;
    private final RouteCompiler routes;

    RoutesEndpoint(Supplier<ReloadStatus> status, RouteCompiler routes) {
        this.status = status;
        this.routes = routes;
    }

    @ReadOperation
    public Listing routes() {
        return new Listing(
                status.get(),
                routes.routes().stream()
                        .map(route -> Entry.of(route, routes.predicates(route)))
                        .toList());
    }
}
