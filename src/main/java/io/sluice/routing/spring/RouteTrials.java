package io.sluice.routing.spring;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR;

import io.sluice.explain.Trial;
import io.sluice.explain.Trial.Result;
import io.sluice.explain.Trial.Step;
import io.sluice.routing.WeightGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.handler.AsyncPredicate;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinitionRouteLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.HasConfig;
import org.springframework.cloud.gateway.support.WeightConfig;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Puts an exchange to the routes one after the other, as the handler mapping would without its
 * index, and keeps what each predicate says. Weights are told and not drawn. Thread-safe.
 */
public final class RouteTrials {

    private final RouteLocator routes;

    /**
     * @param routes the active routes, in match order
     */
    RouteTrials(RouteLocator routes) {
        this.routes = routes;
    }

    /** A route and what it said. */
    public record Tried(Route route, Trial trial) {

        /** Whether no later route can win. */
        boolean wins() {
            return trial.holds() && trial.draw() == null;
        }
    }

    /** Every route up to the first that surely wins; all where none does. */
    public Mono<List<Tried>> of(ServerWebExchange exchange) {
        return snapshot()
                .flatMap(
                        snapshot ->
                                Flux.fromIterable(snapshot.routes())
                                        .concatMap(route -> tried(route, exchange, snapshot))
                                        .takeUntil(Tried::wins)
                                        .collectList());
    }

    /** Leaves in the exchange what the predicates of this route write there when they hold. */
    public Mono<Void> settle(Route route, ServerWebExchange exchange) {
        return steps(route, exchange).then();
    }

    private Mono<RouteSnapshot> snapshot() {
        return routes instanceof RouteTable table
                ? table.loaded()
                : routes.getRoutes().collectList().map(all -> RouteSnapshot.of(all, null));
    }

    private Mono<Tried> tried(Route route, ServerWebExchange exchange, RouteSnapshot snapshot) {
        MatchAttributes before = MatchAttributes.of(exchange);
        return steps(route, exchange)
                .map(
                        steps ->
                                new Tried(
                                        route,
                                        new Trial(route.getId(), steps, draw(route, snapshot))))
                .doFinally(end -> before.restore(exchange));
    }

    private static Trial.@Nullable Draw draw(Route route, RouteSnapshot snapshot) {
        for (Object leaf : PredicateTree.conjuncts(route.getPredicate())) {
            WeightConfig own = weight(leaf);
            if (own != null) {
                WeightGroup group = snapshot.weightGroup(own.getGroup());
                return new Trial.Draw(
                        own.getGroup(), own.getWeight(), group == null ? 0 : group.sum());
            }
        }
        return null;
    }

    private static @Nullable WeightConfig weight(Object leaf) {
        return leaf instanceof HasConfig has && has.getConfig() instanceof WeightConfig weight
                ? weight
                : null;
    }

    private static Mono<List<Step>> steps(Route route, ServerWebExchange exchange) {
        exchange.getAttributes().put(GATEWAY_PREDICATE_ROUTE_ATTR, route.getId());
        return Flux.fromIterable(leaves(route))
                .filter(leaf -> weight(leaf) == null)
                .concatMap(leaf -> step(leaf, exchange))
                .takeUntil(step -> step.result() != Result.HOLDS)
                .collectList();
    }

    /** What a route asks of a request, in words. */
    static String words(Route route) {
        return leaves(route).stream().map(PredicateText::of).collect(Collectors.joining(", "));
    }

    /** What must hold, but for that which Spring Cloud Gateway begins every route with. */
    private static List<Object> leaves(Route route) {
        List<Object> tested = new ArrayList<>(PredicateTree.conjuncts(route.getPredicate()));
        tested.removeIf(leaf -> leaf.getClass().getNestHost() == RouteDefinitionRouteLocator.class);
        return tested;
    }

    private static Mono<Step> step(Object leaf, ServerWebExchange exchange) {
        String text = PredicateText.of(leaf);
        String why = PredicateText.seen(leaf, exchange.getRequest());
        return Mono.defer(() -> test(leaf, exchange))
                .defaultIfEmpty(false)
                .map(holds -> new Step(text, holds ? Result.HOLDS : Result.FAILS, why))
                .onErrorResume(
                        error -> Mono.just(new Step(text, Result.ERROR, String.valueOf(error))));
    }

    @SuppressWarnings("unchecked") // a route's predicates are all over exchanges
    private static Mono<Boolean> test(Object leaf, ServerWebExchange exchange) {
        return leaf instanceof AsyncPredicate<?> later
                ? Mono.from(((AsyncPredicate<ServerWebExchange>) later).apply(exchange))
                : Mono.just(((Predicate<ServerWebExchange>) leaf).test(exchange));
    }
}
