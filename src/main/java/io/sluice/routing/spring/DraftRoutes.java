package io.sluice.routing.spring;

import io.sluice.pipeline.ActiveConfiguration;
import io.sluice.pipeline.Draft;
import io.sluice.pipeline.RouteCheck;
import io.sluice.pipeline.RouteCompiler;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * Builds routes for a draft on the table's thread, so that no refresh comes between, and swaps
 * draft and routes in with one write. Routes of other sources than the configuration take part.
 */
final class DraftRoutes implements RouteCompiler {

    private final RouteTable table;
    private final DefinitionRoutes definitions;
    private final GatewayProperties properties;
    private final ActiveConfiguration active;
    private final ObjectProvider<RouteCheck> checks;

    DraftRoutes(
            RouteTable table,
            DefinitionRoutes definitions,
            GatewayProperties properties,
            ActiveConfiguration active,
            ObjectProvider<RouteCheck> checks) {
        this.table = table;
        this.definitions = definitions;
        this.properties = properties;
        this.active = active;
        this.checks = checks;
    }

    @Override
    public void activate(Draft draft, Definitions next) {
        try {
            table.change(new Swap(draft, next)).join();
        } catch (CompletionException refused) {
            throw refused.getCause() instanceof RuntimeException reason ? reason : refused;
        }
    }

    @Override
    public List<Route> routes() {
        RouteSnapshot now = table.current();
        return now == null ? List.of() : now.routes();
    }

    @Override
    public String predicates(Route route) {
        return RouteTrials.words(route);
    }

    /** One draft's way in, or back. */
    private final class Swap implements RouteTable.Change {

        private final Draft draft;
        private final Definitions next;
        private @Nullable Runnable back;

        Swap(Draft draft, Definitions next) {
            this.draft = draft;
            this.next = next;
        }

        @Override
        public void begin() {
            List<RouteDefinition> routes = properties.getRoutes();
            List<FilterDefinition> filters = properties.getDefaultFilters();
            Runnable known = definitions.remember();
            back =
                    () -> {
                        properties.setRoutes(routes);
                        properties.setDefaultFilters(filters);
                        known.run();
                    };
            active.build(draft.configuration());
            properties.setRoutes(next.routes());
            properties.setDefaultFilters(next.defaultFilters());
            if (draft.routesOutdated()) {
                definitions.forget();
            }
        }

        @Override
        public void built(RouteSnapshot routes) {
            for (Route route : routes.routes()) {
                checks.orderedStream().forEach(check -> check.check(route));
            }
            draft.runBeforeSwap();
            active.activate(draft.configuration().with(RouteTable.PART, routes));
            active.build(null);
        }

        @Override
        public void failed() {
            active.build(null);
            if (back != null) {
                back.run();
            }
        }
    }
}
