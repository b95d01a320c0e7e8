package io.sluice.routing.spring;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_HANDLER_MAPPER_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REACTOR_CONTEXT_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.WEIGHT_ATTR;

import io.sluice.routing.WeightGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.WeightConfig;
import org.springframework.core.env.Environment;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Spring Cloud Gateway's handler mapping with the index in place of the scan: the candidates are
 * tested in their order, and the first whose own predicate holds wins. As there, a predicate that
 * fails does not keep later routes from winning; its error is the outcome where none does.
 * Thread-safe.
 */
final class IndexedRouteMapping extends RoutePredicateHandlerMapping {

    /** Nothing has failed, which is nearly always; copied before the first error is added. */
    private static final List<Throwable> NONE = List.of();

    private final RouteTable table;
    private final DoubleSupplier random;

    IndexedRouteMapping(
            FilteringWebHandler webHandler,
            RouteTable table,
            GlobalCorsProperties cors,
            Environment environment,
            DoubleSupplier random) {
        super(webHandler, table, cors, environment);
        this.table = table;
        this.random = random;
    }

    @Override
    protected String getSimpleName() {
        return RoutePredicateHandlerMapping.class.getSimpleName();
    }

    @Override
    protected Mono<Route> lookupRoute(ServerWebExchange exchange) {
        RouteSnapshot snapshot = table.of(exchange);
        return snapshot != null
                ? lookup(exchange, snapshot)
                : table.loaded().flatMap(loaded -> lookup(exchange, loaded));
    }

    private Mono<Route> lookup(ServerWebExchange exchange, RouteSnapshot snapshot) {
        Search search = new Search(snapshot, exchange);
        CompiledRoute found = search.immediate();
        if (found != null) {
            return Mono.fromCallable(() -> matched(found, exchange));
        }
        if (search.waits()) {
            return lookupWaiting(exchange, snapshot, search);
        }
        return search.errors.isEmpty() ? Mono.empty() : Mono.error(together(search.errors));
    }

    /**
     * The route of an exchange, chosen at once and noted in its attributes as the mapping would;
     * {@code null} where there is none, or the answer takes longer. Then nothing is noted, and the
     * mapping is to be asked.
     */
    @Nullable CompiledRoute immediate(ServerWebExchange exchange) {
        RouteSnapshot snapshot = table.of(exchange);
        if (snapshot == null) {
            return null;
        }
        Search search = new Search(snapshot, exchange);
        CompiledRoute found = search.immediate();
        if (found == null || !search.errors.isEmpty()) {
            return null;
        }
        Map<String, Object> attributes = exchange.getAttributes();
        attributes.put(GATEWAY_HANDLER_MAPPER_ATTR, getSimpleName());
        attributes.put(GATEWAY_ROUTE_ATTR, matched(found, exchange));
        attributes.remove(GATEWAY_PREDICATE_ROUTE_ATTR);
        return found;
    }

    /** What filters find of the subscriber's context, as where the mapping itself has chosen. */
    void note(ServerWebExchange exchange, ContextView context) {
        exchange.getAttributes().put(GATEWAY_REACTOR_CONTEXT_ATTR, context);
    }

    /** One request's way through its candidates. */
    private final class Search {

        private final RouteSnapshot snapshot;
        private final ServerWebExchange exchange;
        private final int[] candidates;
        private List<Throwable> errors = NONE;
        private int next;

        Search(RouteSnapshot snapshot, ServerWebExchange exchange) {
            this.snapshot = snapshot;
            this.exchange = exchange;
            this.candidates = snapshot.index().candidates(new ExchangeFacts(exchange));
        }

        /** The first that holds, up to one that may have to wait. */
        @Nullable CompiledRoute immediate() {
            for (; next < candidates.length; next++) {
                CompiledRoute candidate = snapshot.at(candidates[next]);
                List<Predicate<ServerWebExchange>> steps = candidate.steps();
                if (steps == null) {
                    return null;
                }
                try {
                    if (holds(exchange, snapshot, candidate, steps)) {
                        return candidate;
                    }
                } catch (Throwable e) {
                    Exceptions.throwIfFatal(e);
                    errors = errors.isEmpty() ? new ArrayList<>(1) : errors;
                    errors.add(e);
                }
            }
            return null;
        }

        boolean waits() {
            return next < candidates.length;
        }
    }

    private static Throwable together(List<Throwable> errors) {
        return errors.size() == 1 ? errors.get(0) : Exceptions.multiple(errors);
    }

    /** From the first candidate on that may have to wait, one after the other. */
    private Mono<Route> lookupWaiting(
            ServerWebExchange exchange, RouteSnapshot snapshot, Search search) {
        int[] candidates = search.candidates;
        return Flux.<Object>fromIterable(search.errors)
                .concatWith(
                        Flux.range(search.next, candidates.length - search.next)
                                .map(i -> snapshot.at(candidates[i])))
                .filterWhen(
                        one ->
                                one instanceof CompiledRoute candidate
                                        ? holdsLater(exchange, snapshot, candidate)
                                        : Mono.error((Throwable) one))
                .next()
                .map(one -> matched((CompiledRoute) one, exchange));
    }

    private boolean holds(
            ServerWebExchange exchange,
            RouteSnapshot snapshot,
            CompiledRoute candidate,
            List<Predicate<ServerWebExchange>> steps) {
        MatchAttributes before = MatchAttributes.of(exchange);
        begin(exchange, snapshot, candidate);
        boolean holds = false;
        try {
            holds = CompiledRoute.holds(candidate.route(), steps, exchange);
        } finally {
            if (!holds) {
                before.restore(exchange);
            }
        }
        return holds;
    }

    private Publisher<Boolean> holdsLater(
            ServerWebExchange exchange, RouteSnapshot snapshot, CompiledRoute candidate) {
        List<Predicate<ServerWebExchange>> steps = candidate.steps();
        if (steps != null) {
            return Mono.just(holds(exchange, snapshot, candidate, steps));
        }
        MatchAttributes before = MatchAttributes.of(exchange);
        begin(exchange, snapshot, candidate);
        try {
            return Mono.from(candidate.route().getPredicate().apply(exchange))
                    .defaultIfEmpty(false)
                    .doOnNext(holds -> restoreUnless(holds, before, exchange))
                    .doOnError(error -> before.restore(exchange));
        } catch (Exception e) {
            CompiledRoute.reportFirst(candidate.route(), e);
            before.restore(exchange);
            return Mono.just(false);
        }
    }

    private static void restoreUnless(
            boolean holds, MatchAttributes before, ServerWebExchange exchange) {
        if (!holds) {
            before.restore(exchange);
        }
    }

    private void begin(
            ServerWebExchange exchange, RouteSnapshot snapshot, CompiledRoute candidate) {
        exchange.getAttributes().put(GATEWAY_PREDICATE_ROUTE_ATTR, candidate.route().getId());
        for (WeightConfig weight : candidate.weights()) {
            draw(exchange, snapshot, weight.getGroup());
        }
    }

    /** Once for each group of a request, where the weight predicates look for it. */
    private void draw(ServerWebExchange exchange, RouteSnapshot snapshot, String group) {
        Map<String, String> drawn = exchange.getAttribute(WEIGHT_ATTR);
        if (drawn == null) {
            drawn = new ConcurrentHashMap<>();
            exchange.getAttributes().put(WEIGHT_ATTR, drawn);
        }
        WeightGroup shares = snapshot.weightGroup(group);
        if (shares == null || drawn.containsKey(group)) {
            return;
        }
        String route = shares.draw(random.getAsDouble());
        if (route != null) {
            drawn.put(group, route);
        }
    }

    private Route matched(CompiledRoute compiled, ServerWebExchange exchange) {
        Route route = compiled.route();
        exchange.getAttributes().put(CompiledRoute.ATTRIBUTE, compiled);
        if (logger.isDebugEnabled()) {
            logger.debug("Route matched: " + route.getId());
        }
        validateRoute(route, exchange);
        return route;
    }
}
