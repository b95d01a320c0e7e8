package io.sluice.routing.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_PREDICATE_MATCHED_PATH_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_PREDICATE_MATCHED_PATH_ROUTE_ID_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.URI_TEMPLATE_VARIABLES_ATTRIBUTE;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.WEIGHT_ATTR;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.cloud.gateway.event.PredicateArgsEvent;
import org.springframework.cloud.gateway.event.WeightDefinedEvent;
import org.springframework.cloud.gateway.filter.WeightCalculatorWebFilter;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.handler.predicate.HostRoutePredicateFactory;
import org.springframework.cloud.gateway.route.CachingRouteLocator;
import org.springframework.cloud.gateway.route.CompositeRouteLocator;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionRouteLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Spring Cloud Gateway's own scan and the index on the same random tables and requests: the same
 * route, no route, or error, every time.
 *
 * <p>What the predicates leave in the exchange is held against the scan of a table that has the
 * winner alone: a rejected route's traces are the one thing that is not the same.
 */
class DifferentialTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final List<String> LEFT =
            List.of(
                    URI_TEMPLATE_VARIABLES_ATTRIBUTE,
                    GATEWAY_PREDICATE_MATCHED_PATH_ATTR,
                    GATEWAY_PREDICATE_MATCHED_PATH_ROUTE_ID_ATTR);

    private final List<Logger> quiet = new ArrayList<>();
    private final AtomicReference<Double> drawn = new AtomicReference<>(0.0);

    @BeforeEach
    void silence() {
        for (Class<?> loud :
                List.of(
                        CompiledRoute.class,
                        RoutePredicateHandlerMapping.class,
                        RouteDefinitionRouteLocator.class)) {
            Logger logger = (Logger) LoggerFactory.getLogger(loud);
            logger.setLevel(Level.OFF);
            quiet.add(logger);
        }
    }

    @AfterEach
    void speakAgain() {
        quiet.forEach(logger -> logger.setLevel(null));
    }

    @ParameterizedTest
    @CsvSource({"20261124, 150, 500, ''", "42, 50, 500, /base"})
    void lookup_randomTablesAndRequests_isThatOfTheScan(
            long seed, int tables, int requests, String basePath) {
        Random random = new Random(seed);
        int matched = 0;
        int failed = 0;
        for (int table = 0; table < tables; table++) {
            HostRoutePredicateFactory host = new HostRoutePredicateFactory(random.nextInt(3) != 0);
            try (Parts parts =
                    new Parts(
                            host,
                            new OddRoutePredicateFactory(),
                            new LaterRoutePredicateFactory())) {
                parts.webFlux.setBasePath(basePath.isEmpty() ? null : basePath);
                Pair pair = new Pair(parts, new RandomRoutes(random, basePath), random);
                for (int i = 0; i < requests; i++) {
                    drawn.set(random.nextDouble());
                    String outcome = pair.compare("seed " + seed + ", table " + table);
                    matched += outcome.startsWith("route ") ? 1 : 0;
                    failed += outcome.startsWith("error ") ? 1 : 0;
                }
            }
        }
        assertThat(matched).isBetween(tables * requests / 5, tables * requests * 19 / 20);
        assertThat(failed).isGreaterThan(tables);
    }

    /** One table in both forms. */
    private final class Pair {

        private final Parts parts;
        private final RandomRoutes routes;
        private final List<RouteDefinition> definitions;
        private final WeightCalculatorWebFilter weights;
        private final RoutePredicateHandlerMapping stock;
        private final RoutePredicateHandlerMapping ours;
        private final Map<String, RoutePredicateHandlerMapping> alone = new HashMap<>();

        Pair(Parts parts, RandomRoutes routes, Random random) {
            this.parts = parts;
            this.routes = routes;
            this.weights = weightFilter();
            parts.listen(
                    event -> {
                        if (event instanceof PredicateArgsEvent
                                || event instanceof WeightDefinedEvent) {
                            weights.onApplicationEvent(event);
                        }
                    });
            int size = random.nextInt(8) == 0 ? 60 : 1 + random.nextInt(16);
            definitions = routes.definitions(size);
            RouteLocator java = routes.javaRoutes(parts.javaRoutes(), random.nextInt(5));
            RouteLocator both = both(parts.stockRoutes(Parts.definitions(definitions)), java);
            CachingRouteLocator cached = new CachingRouteLocator(both);
            List<Route> inOrder = cached.getRoutes().collectList().block(LIMIT);
            inOrder.forEach(
                    one -> alone.put(one.getId(), parts.stockMapping(() -> Flux.just(one))));
            stock = parts.stockMapping(cached);
            RouteTable table =
                    parts.table(
                            both(parts.ourRoutes(Parts.definitions(definitions)).locator(), java));
            assertThat(table.getRoutes().map(Route::getId).collectList().block(LIMIT))
                    .isEqualTo(inOrder.stream().map(Route::getId).toList());
            ours = parts.ourMapping(table, drawn::get);
        }

        private static RouteLocator both(RouteLocator one, RouteLocator other) {
            return new CompositeRouteLocator(Flux.just(one, other));
        }

        private WeightCalculatorWebFilter weightFilter() {
            WeightCalculatorWebFilter filter =
                    new WeightCalculatorWebFilter(
                            null,
                            new ConfigurationService(
                                    new StaticListableBeanFactory(),
                                    DefaultConversionService::new,
                                    () -> null));
            filter.setRandomSupplier(drawn::get);
            return filter;
        }

        String compare(String where) {
            MockServerHttpRequest request = routes.request();
            ServerWebExchange expected = weighed(request);
            ServerWebExchange actual = Parts.exchange(request);
            // Shares in a group are laid out in the order of events there and of routes here, so
            // one and the same draw would not name the same route; MappingTest compares those.
            actual.getAttributes().put(WEIGHT_ATTR, expected.getRequiredAttribute(WEIGHT_ATTR));
            String scan = outcome(stock, expected);
            String index = outcome(ours, actual);
            Supplier<String> told =
                    () ->
                            String.join(
                                    " ",
                                    where,
                                    request.getMethod().name(),
                                    request.getURI().toString(),
                                    request.getHeaders().toString(),
                                    request.getCookies().toString(),
                                    definitions.toString());
            assertThat(index).as(told).isEqualTo(scan);
            if (scan.startsWith("route ")) {
                ServerWebExchange single = weighed(request);
                outcome(alone.get(scan.substring("route ".length())), single);
                assertThat(left(actual)).as(told).isEqualTo(left(single));
                assertThat(actual.getAttributes()).doesNotContainKey(GATEWAY_PREDICATE_ROUTE_ATTR);
            }
            return scan;
        }

        private ServerWebExchange weighed(MockServerHttpRequest request) {
            ServerWebExchange exchange = Parts.exchange(request);
            weights.filter(exchange, chain -> Mono.empty()).block(LIMIT);
            return exchange;
        }
    }

    private static Map<String, Object> left(ServerWebExchange exchange) {
        Map<String, Object> left = new HashMap<>();
        LEFT.forEach(name -> left.put(name, exchange.getAttribute(name)));
        return left;
    }

    private static String outcome(
            RoutePredicateHandlerMapping mapping, ServerWebExchange exchange) {
        try {
            if (mapping.getHandler(exchange).block(LIMIT) == null) {
                return "none";
            }
            Route route = exchange.getRequiredAttribute(GATEWAY_ROUTE_ATTR);
            return "route " + route.getId();
        } catch (RuntimeException e) {
            return "error " + e.getClass().getSimpleName() + " " + e.getMessage();
        }
    }
}
