package io.sluice.routing.spring;

import io.sluice.routing.Condition;
import io.sluice.routing.RouteIndex;
import io.sluice.routing.WeightGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.WeightConfig;

/**
 * The active routes in match order, and what finds them. Immutable: list, index and weights always
 * belong together.
 */
final class RouteSnapshot {

    private final List<CompiledRoute> compiled;
    private final List<Route> routes;
    private final RouteIndex index;
    private final Map<String, WeightGroup> weights;

    private RouteSnapshot(
            List<CompiledRoute> compiled, RouteIndex index, Map<String, WeightGroup> weights) {
        this.compiled = compiled;
        this.routes = compiled.stream().map(CompiledRoute::route).toList();
        this.index = index;
        this.weights = weights;
    }

    /**
     * @param routes in match order
     * @param previous the snapshot that this one follows; what is the same there is kept, down to
     *     the objects
     */
    static RouteSnapshot of(List<Route> routes, @Nullable RouteSnapshot previous) {
        Map<String, CompiledRoute> known = new HashMap<>();
        if (previous != null) {
            previous.compiled.forEach(one -> known.put(one.route().getId(), one));
        }
        List<CompiledRoute> compiled = new ArrayList<>(routes.size());
        List<List<Condition>> conditions = new ArrayList<>(routes.size());
        for (Route route : routes) {
            CompiledRoute before = known.get(route.getId());
            CompiledRoute one =
                    before != null && same(before.route(), route)
                            ? before
                            : CompiledRoute.of(route);
            compiled.add(one);
            conditions.add(one.conditions());
        }
        return new RouteSnapshot(
                List.copyOf(compiled), RouteIndex.of(conditions), weightsOf(compiled));
    }

    private static boolean same(Route before, Route now) {
        return before == now || before.equals(now);
    }

    private static Map<String, WeightGroup> weightsOf(List<CompiledRoute> compiled) {
        Map<String, Map<String, Integer>> byGroup = new HashMap<>();
        for (CompiledRoute one : compiled) {
            for (WeightConfig weight : one.weights()) {
                String id = weight.getRouteId() == null ? one.route().getId() : weight.getRouteId();
                byGroup.computeIfAbsent(weight.getGroup(), group -> new LinkedHashMap<>())
                        .put(id, weight.getWeight());
            }
        }
        Map<String, WeightGroup> groups = new HashMap<>();
        byGroup.forEach((group, shares) -> groups.put(group, WeightGroup.of(shares)));
        return Map.copyOf(groups);
    }

    /** The routes in match order. */
    List<Route> routes() {
        return routes;
    }

    CompiledRoute at(int ordinal) {
        return compiled.get(ordinal);
    }

    RouteIndex index() {
        return index;
    }

    @Nullable WeightGroup weightGroup(String group) {
        return weights.get(group);
    }
}
