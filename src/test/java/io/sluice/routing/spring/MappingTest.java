package io.sluice.routing.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.URI_TEMPLATE_VARIABLES_ATTRIBUTE;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.WEIGHT_ATTR;

import io.sluice.routing.Condition;
import io.sluice.routing.Dimension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.cloud.gateway.event.PredicateArgsEvent;
import org.springframework.cloud.gateway.filter.WeightCalculatorWebFilter;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.handler.predicate.HostRoutePredicateFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.util.AntPathMatcher;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class MappingTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Parts parts =
            new Parts(new OddRoutePredicateFactory(), new LaterRoutePredicateFactory());
    private final AtomicInteger draws = new AtomicInteger();
    private final AtomicReference<Double> random = new AtomicReference<>(0.0);

    @AfterEach
    void close() {
        parts.close();
    }

    private RoutePredicateHandlerMapping ours(RouteDefinition... definitions) {
        return parts.ourMapping(
                parts.table(parts.ourRoutes(Parts.definitions(List.of(definitions))).locator()),
                () -> {
                    draws.incrementAndGet();
                    return random.get();
                });
    }

    private static String route(RoutePredicateHandlerMapping mapping, ServerWebExchange exchange) {
        mapping.getHandler(exchange).block(LIMIT);
        Route route = exchange.getAttribute(GATEWAY_ROUTE_ATTR);
        return route == null ? "none" : route.getId();
    }

    private static ServerWebExchange get(String path) {
        return Parts.exchange(MockServerHttpRequest.get("http://server" + path).build());
    }

    private List<Condition> conditions(String... predicates) {
        Route route =
                parts.ourRoutes(Parts.definitions(List.of(Parts.definition("r", 0, predicates))))
                        .locator()
                        .getRoutes()
                        .blockLast(LIMIT);
        return CompiledRoute.of(route).conditions();
    }

    /** What the framework hides could move with its next version; then this says so. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "Path=/a/{x}; PATH",
                "Host=**.a.org; HOST",
                "Method=GET; METHOD",
                "Header=X-V, v1; HEADER",
                "Query=q, v1|v2; QUERY",
                "Cookie=c, v1; COOKIE"
            })
    void conditions_ofStockPredicate_areRead(String predicate, Dimension.Kind kind) {
        assertThat(conditions(predicate))
                .extracting(one -> one.dimension().kind())
                .containsExactly(kind);
        assertThat(conditions("After=2020-01-01T00:00:00Z", "Weight=g, 1", predicate)).hasSize(1);
    }

    @Test
    void conditions_behindAPredicateThatMayDoAnything_areLeftOut() {
        assertThat(conditions("Path=/a", "Odd=true", "Method=GET")).hasSize(1);
        assertThat(conditions("Later=true", "Path=/a")).isEmpty();
        assertThat(conditions("Query=q, [", "Path=/a")).isEmpty();
        assertThat(conditions("Cookie=c, v[12]", "Path=/a")).hasSize(1);
        assertThat(conditions("Header=X-V", "Path=/a")).hasSize(1);
    }

    @Test
    void conditions_ofOrAndNot_areNone() {
        RouteLocator routes =
                parts.javaRoutes()
                        .route("or", r -> r.path("/a").or().path("/b").uri("http://127.0.0.1:9"))
                        .route("not", r -> r.not(p -> p.path("/a")).uri("http://127.0.0.1:9"))
                        .route(
                                "and",
                                r -> r.path("/a").and().method("GET").uri("http://127.0.0.1:9"))
                        .build();
        List<Integer> found =
                routes.getRoutes()
                        .map(route -> CompiledRoute.of(route).conditions().size())
                        .collectList()
                        .block(LIMIT);

        assertThat(found).containsExactly(0, 0, 2);
    }

    @Test
    void conditions_ofHostsComparedBySomethingElse_areNone() {
        HostRoutePredicateFactory factory = new HostRoutePredicateFactory();
        factory.setPathMatcher(new AntPathMatcher("/"));
        try (Parts other = new Parts(factory)) {
            Route route =
                    other.ourRoutes(
                                    Parts.definitions(
                                            List.of(Parts.definition("r", 0, "Host=a.org"))))
                            .locator()
                            .getRoutes()
                            .blockLast(LIMIT);
            assertThat(CompiledRoute.of(route).conditions()).isEmpty();
        }
    }

    @Test
    void lookup_weightGroup_drawsLikeTheStockFilter() {
        WeightCalculatorWebFilter filter =
                new WeightCalculatorWebFilter(
                        null,
                        new ConfigurationService(
                                new StaticListableBeanFactory(),
                                DefaultConversionService::new,
                                () -> null));
        filter.setRandomSupplier(random::get);
        parts.listen(
                event -> {
                    if (event instanceof PredicateArgsEvent) {
                        filter.onApplicationEvent(event);
                    }
                });
        List<RouteDefinition> definitions = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            definitions.add(Parts.definition("r" + i, 0, "Path=/a/**", "Weight=g, " + i));
        }
        List<Route> routes =
                parts.stockRoutes(Parts.definitions(definitions))
                        .getRoutes()
                        .collectList()
                        .block(LIMIT);
        RoutePredicateHandlerMapping stock = parts.stockMapping(() -> Flux.fromIterable(routes));
        RoutePredicateHandlerMapping ours = ours(definitions.toArray(RouteDefinition[]::new));
        for (int i = 0; i < 1000; i++) {
            random.set((i + 0.5) / 1000);
            ServerWebExchange expected = get("/a/b");
            filter.filter(expected, chain -> Mono.empty()).block(LIMIT);

            assertThat(route(ours, get("/a/b"))).isEqualTo(route(stock, expected));
        }
        assertThat(draws).hasValue(1000);
    }

    @Test
    void lookup_weightGroupOfOtherRoutes_isNotDrawn() {
        RoutePredicateHandlerMapping ours =
                ours(
                        Parts.definition("w", 0, "Path=/w", "Weight=g, 1"),
                        Parts.definition("a", 0, "Path=/a"),
                        Parts.definition("b", 0, "Path=/b"));

        assertThat(route(ours, get("/a"))).isEqualTo("a");
        assertThat(draws).hasValue(0);
    }

    @Test
    void lookup_drawnBefore_isKept() {
        RoutePredicateHandlerMapping ours =
                ours(
                        Parts.definition("one", 0, "Path=/w", "Weight=g, 1"),
                        Parts.definition("other", 0, "Path=/w", "Weight=g, 1"));
        ServerWebExchange exchange = get("/w");
        exchange.getAttributes().put(WEIGHT_ATTR, Map.of("g", "other"));

        assertThat(route(ours, exchange)).isEqualTo("other");
        assertThat(draws).hasValue(0);
    }

    @Test
    void lookup_rejectedRoute_leavesNoVariables() {
        RoutePredicateHandlerMapping ours =
                ours(
                        Parts.definition("rejected", 0, "Path=/{x}/{y}", "Odd=x-v"),
                        Parts.definition("winner", 0, "Path=/{z}/b"));
        ServerWebExchange exchange = get("/a/b");

        assertThat(route(ours, exchange)).isEqualTo("winner");
        assertThat(exchange.<Map<String, String>>getAttribute(URI_TEMPLATE_VARIABLES_ATTRIBUTE))
                .isEqualTo(Map.of("z", "a"));
    }

    @Test
    void lookup_manyCandidatesThatWait_isDoneOneAfterTheOther() {
        RouteDefinition[] definitions = new RouteDefinition[2000];
        for (int i = 0; i < definitions.length; i++) {
            definitions[i] = Parts.definition("r" + i, 0, "Later=x-v", "Path=/never");
        }
        definitions[1999] = Parts.definition("last", 0, "Later=true", "Path=/a");

        assertThat(route(ours(definitions), get("/a"))).isEqualTo("last");
        assertThat(route(ours(definitions), get("/b"))).isEqualTo("none");
    }
}
