package io.sluice.routing.spring;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteDefinitionRouteLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/**
 * The routes of all definitions. A definition that says what it said before gives the very route it
 * gave before, filters and their state included; the others are built by Spring Cloud Gateway.
 *
 * <p>Routes are built on the given scheduler, which must run one task at a time.
 */
final class DefinitionRoutes {

    private final RouteDefinitionLocator definitions;
    private final GatewayProperties properties;
    private final RouteDefinitionRouteLocator builder;
    private final Scheduler scheduler;

    /** A route, and the definition that it was built of. */
    private record Built(DefinitionKey key, Route route) {}

    /** By id; of several definitions with one id, the last. */
    private Map<@Nullable String, Built> built = new HashMap<>();

    private List<@Nullable Object> defaultFilters = List.of();
    private Flux<RouteDefinition> toBuild = Flux.empty();
    private volatile boolean forgotten;

    @SuppressWarnings("rawtypes") // as Spring Cloud Gateway declares them
    DefinitionRoutes(
            RouteDefinitionLocator definitions,
            List<RoutePredicateFactory> predicates,
            List<GatewayFilterFactory> filters,
            GatewayProperties properties,
            ConfigurationService configuration,
            Scheduler scheduler) {
        this.definitions = definitions;
        this.properties = properties;
        this.scheduler = scheduler;
        this.builder =
                new RouteDefinitionRouteLocator(
                        () -> Flux.defer(() -> toBuild),
                        predicates,
                        filters,
                        properties,
                        configuration);
    }

    /**
     * As a source for the table. It is no bean itself, as whoever collects locators would then have
     * every route twice.
     */
    RouteLocator locator() {
        return new RouteLocator() {
            @Override
            public Flux<Route> getRoutes() {
                return all();
            }

            @Override
            public Flux<Route> getRoutesByMetadata(Map<String, Object> metadata) {
                return matching(metadata);
            }
        };
    }

    private Flux<Route> all() {
        return definitions
                .getRouteDefinitions()
                .collectList()
                .publishOn(scheduler)
                .flatMapIterable(all -> routes(all, new HashMap<>()));
    }

    private Flux<Route> matching(Map<String, Object> metadata) {
        return definitions
                .getRouteDefinitions()
                .filter(one -> RouteLocator.matchMetadata(one.getMetadata(), metadata))
                .collectList()
                .publishOn(scheduler)
                .flatMapIterable(some -> routes(some, new HashMap<>(built)));
    }

    /** What is known now, to be known again if what comes is not taken. */
    Runnable remember() {
        Map<@Nullable String, Built> known = built;
        List<@Nullable Object> filters = defaultFilters;
        boolean outdated = forgotten;
        return () -> {
            built = known;
            defaultFilters = filters;
            forgotten = outdated;
        };
    }

    /** Every route is to be built anew next time: something that factories read has changed. */
    void forget() {
        forgotten = true;
    }

    /**
     * @param next what is known once this has succeeded
     */
    private List<Route> routes(List<RouteDefinition> all, Map<@Nullable String, Built> next) {
        dropWhatNoLongerHolds(next);
        List<Route> routes = new ArrayList<>(all.size());
        for (RouteDefinition definition : all) {
            Built before = built.get(definition.getId());
            Built now =
                    before != null && before.key().isOf(definition) ? before : build(definition);
            if (now != null) {
                routes.add(now.route());
                next.put(definition.getId(), now);
            }
        }
        built = next;
        return routes;
    }

    private void dropWhatNoLongerHolds(Map<@Nullable String, Built> next) {
        List<@Nullable Object> filters = DefinitionKey.wordsOf(properties.getDefaultFilters());
        if (forgotten || !filters.equals(defaultFilters)) {
            forgotten = false;
            built = new HashMap<>();
            next.clear();
            defaultFilters = filters;
        }
    }

    /** {@code null} where a definition that cannot be built is to be left out. */
    private @Nullable Built build(RouteDefinition definition) {
        // Before it is built, as that may change it.
        DefinitionKey key = DefinitionKey.of(definition);
        toBuild = Flux.just(definition);
        List<Route> one = new ArrayList<>(1);
        List<Throwable> errors = new ArrayList<>(1);
        builder.getRoutes().subscribe(one::add, errors::add);
        toBuild = Flux.empty();
        if (!errors.isEmpty()) {
            throw Exceptions.propagate(errors.get(0));
        }
        return one.isEmpty() ? null : new Built(key, one.get(0));
    }
}
