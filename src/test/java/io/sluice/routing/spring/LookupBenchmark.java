package io.sluice.routing.spring;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.sluice.routing.Condition;
import io.sluice.routing.RouteIndex;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.route.CachingRouteLocator;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;

/**
 * What it costs to find a route, by the number of routes: the index alone, our mapping whole, and
 * Spring Cloud Gateway's, all on a new exchange each time; and what it costs to put one changed
 * route of so many into effect. The routes are of three kinds, each in turn: a path of its own, a
 * host of its own with a path, and a path shared by four methods. The requests meet the whole table
 * evenly, the stock mapping's too.
 *
 * <p>Run it with {@code bench/routing-jmh}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
public class LookupBenchmark {

    @Param({"1", "100", "10000", "100000"})
    public int routes;

    private final List<MockServerHttpRequest> requests = new ArrayList<>();
    private final List<RouteDefinition> definitions = new ArrayList<>();
    private Parts parts;
    private RouteTable table;
    private RoutePredicateHandlerMapping ours;
    private RoutePredicateHandlerMapping stock;
    private List<List<Condition>> conditions;
    private int next;
    private int version;

    @Setup
    public void setUp() {
        quiet();
        parts = new Parts();
        for (int i = 0; i < routes; i++) {
            definitions.add(definition(i, "x"));
        }
        // A prime stride meets every part of the table.
        for (int i = 0; i < 1024; i++) {
            requests.add(request((int) (i * 7919L % routes)));
        }
        table = parts.table(parts.ourRoutes(Parts.definitions(definitions)).locator());
        List<Route> built = table.getRoutes().collectList().block();
        ours = parts.ourMapping(table, () -> 0.5);
        CachingRouteLocator cached = new CachingRouteLocator(() -> Flux.fromIterable(built));
        stock = parts.stockMapping(cached);
        conditions = built.stream().map(one -> CompiledRoute.of(one).conditions()).toList();
        for (MockServerHttpRequest request : requests) {
            if (ours.getHandler(Parts.exchange(request)).block() == null) {
                throw new IllegalStateException(request.getURI() + " finds no route");
            }
        }
    }

    @TearDown
    public void tearDown() {
        parts.close();
    }

    static void quiet() {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    }

    static RouteDefinition definition(int i, String path) {
        String id = "r" + i;
        return switch (i % 3) {
            case 0 -> Parts.definition(id, 0, "Path=/service-" + i + "/" + path + "/**");
            case 1 ->
                    Parts.definition(
                            id, 0, "Host=tenant-" + i + ".example.org", "Path=/" + path + "/**");
            default ->
                    Parts.definition(
                            id,
                            0,
                            "Path=/shared-" + i / 12 + "/{id}",
                            "Method=" + List.of("GET", "POST", "PUT", "DELETE").get(i / 3 % 4));
        };
    }

    private static MockServerHttpRequest request(int i) {
        return switch (i % 3) {
            case 0 -> MockServerHttpRequest.get("http://g/service-" + i + "/x/7").build();
            case 1 ->
                    MockServerHttpRequest.get("http://g/x/7")
                            .header("Host", "tenant-" + i + ".example.org")
                            .build();
            default ->
                    MockServerHttpRequest.method(
                                    HttpMethod.valueOf(
                                            List.of("GET", "POST", "PUT", "DELETE").get(i / 3 % 4)),
                                    URI.create("http://g/shared-" + i / 12 + "/7"))
                            .build();
        };
    }

    private ServerWebExchange exchange() {
        next = (next + 1) & 1023;
        return Parts.exchange(requests.get(next));
    }

    /** What the others include and no mapping can save. */
    @Benchmark
    public Object exchangeAlone() {
        return exchange();
    }

    @Benchmark
    public int[] index() {
        return table.current().index().candidates(new ExchangeFacts(exchange()));
    }

    @Benchmark
    public Object ourMapping() {
        return ours.getHandler(exchange()).block();
    }

    @Benchmark
    public Object stockMapping() {
        return stock.getHandler(exchange()).block();
    }

    @Benchmark
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    public Object buildIndex() {
        return RouteIndex.of(conditions);
    }

    /**
     * From the event to the new snapshot, definitions read and compared, off the caller's thread.
     */
    @Benchmark
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    public Object refreshOneChanged() {
        int middle = routes / 2;
        definitions.set(middle, definition(middle, "x" + version++ % 100));
        RouteSnapshot before = table.current();
        table.onApplicationEvent(new RefreshRoutesEvent(this));
        while (table.current() == before) {
            Thread.onSpinWait();
        }
        return table.current();
    }
}
