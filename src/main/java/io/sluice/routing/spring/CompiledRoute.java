package io.sluice.routing.spring;

import io.sluice.routing.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.handler.AsyncPredicate;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.HasConfig;
import org.springframework.cloud.gateway.support.WeightConfig;
import org.springframework.web.server.ServerWebExchange;

/**
 * A route with what is worked out about it once. Immutable and thread-safe.
 *
 * @param route the route itself
 * @param conditions what every request that it matches fulfils
 * @param weights its shares in weight groups; empty for nearly every route
 * @param steps its predicates in order, where all of them answer at once; else {@code null}
 * @param filters its filters as they run, worked out when they first do
 */
record CompiledRoute(
        Route route,
        List<Condition> conditions,
        List<WeightConfig> weights,
        @Nullable List<Predicate<ServerWebExchange>> steps,
        AtomicReference<@Nullable FilterPlan> filters) {

    /** The exchange attribute that holds the one which was chosen. */
    static final String ATTRIBUTE = CompiledRoute.class.getName();

    private static final Logger LOG = LoggerFactory.getLogger(CompiledRoute.class);

    static CompiledRoute of(Route route) {
        return new CompiledRoute(
                route,
                conditionsOf(route.getPredicate()),
                weightsOf(route),
                immediateSteps(route.getPredicate()),
                new AtomicReference<>());
    }

    /** Those of the predicates that stand before the first one that might do anything else. */
    private static List<Condition> conditionsOf(AsyncPredicate<?> predicate) {
        List<Condition> conditions = new ArrayList<>(3);
        for (Object leaf : PredicateTree.conjuncts(predicate)) {
            LeafReader.Reading reading = LeafReader.read(leaf);
            if (reading instanceof LeafReader.Unknown) {
                break;
            }
            if (reading instanceof LeafReader.Requires requires) {
                conditions.add(requires.condition());
            }
        }
        return List.copyOf(conditions);
    }

    private static List<WeightConfig> weightsOf(Route route) {
        List<WeightConfig> weights = new ArrayList<>(0);
        PredicateTree.each(
                route.getPredicate(),
                leaf -> {
                    if (leaf instanceof HasConfig has
                            && has.getConfig() instanceof WeightConfig weight) {
                        weights.add(weight);
                    }
                });
        return List.copyOf(weights);
    }

    @SuppressWarnings("unchecked") // a route's predicates are all over exchanges
    private static @Nullable List<Predicate<ServerWebExchange>> immediateSteps(
            AsyncPredicate<?> predicate) {
        List<Predicate<ServerWebExchange>> immediate = new ArrayList<>(4);
        for (AsyncPredicate<?> step : PredicateTree.steps(predicate)) {
            if (!(PredicateTree.immediate(step) instanceof Predicate<?> test)) {
                return null;
            }
            immediate.add((Predicate<ServerWebExchange>) test);
        }
        return List.copyOf(immediate);
    }

    /**
     * Whether every predicate holds. The first, where it fails, counts as not holding: Spring Cloud
     * Gateway tests it outside the publisher and does the same. What a later one throws is thrown.
     */
    static boolean holds(
            Route route, List<Predicate<ServerWebExchange>> steps, ServerWebExchange exchange) {
        try {
            if (!steps.get(0).test(exchange)) {
                return false;
            }
        } catch (Exception e) {
            reportFirst(route, e);
            return false;
        }
        for (int i = 1; i < steps.size(); i++) {
            if (!steps.get(i).test(exchange)) {
                return false;
            }
        }
        return true;
    }

    static void reportFirst(Route route, Exception error) {
        LOG.error("A predicate of route {} failed and counts as false", route.getId(), error);
    }
}
