package io.sluice.pipeline;

import java.util.List;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;

/** Builds the routes of a draft beside those that serve, and swaps both in. */
public interface RouteCompiler {

    /**
     * What the configuration says of routes.
     *
     * @param defaultFilters filters of every route
     */
    record Definitions(List<RouteDefinition> routes, List<FilterDefinition> defaultFilters) {}

    /**
     * Builds and checks the routes, takes the draft's last steps and activates it. Waits for it.
     * Where anything is refused, all is as it was.
     *
     * @throws RuntimeException what refused it
     */
    void activate(Draft draft, Definitions definitions);

    /** The routes that serve, in match order. */
    List<Route> routes();

    /** What a route asks of a request, in words; for people. */
    String predicates(Route route);
}
