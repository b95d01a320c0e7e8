package io.sluice.routing.spring;

import java.util.ArrayList;
import java.util.List;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * Prints the heap that a route takes: the definition, Spring Cloud Gateway's route built from it,
 * and what the table adds to that (its key, its compiled form, the index).
 */
final class RouteMemory {

    private static final int ROUTES = 100_000;

    private RouteMemory() {}

    public static void main(String[] arguments) {
        LookupBenchmark.quiet();
        Parts parts = new Parts();
        // Classes, caches and lambdas are there before anything is counted.
        parts.table(parts.ourRoutes(Parts.definitions(define(100))).locator())
                .getRoutes()
                .blockLast();
        long empty = used();
        List<RouteDefinition> definitions = define(ROUTES);
        long defined = used();
        List<Route> stock =
                parts.stockRoutes(Parts.definitions(definitions)).getRoutes().collectList().block();
        long built = used();
        int kept = stock.size();
        stock = null;
        long dropped = used();
        RouteTable table = parts.table(parts.ourRoutes(Parts.definitions(definitions)).locator());
        table.loaded().block();
        long ours = used();
        System.out.printf(
                "%d routes, bytes each: definition %d, stock route %d, route with key and index %d%n",
                kept,
                (defined - empty) / ROUTES,
                (built - defined) / ROUTES,
                (ours - dropped) / ROUTES);
        if (table.current() == null || definitions.isEmpty()) {
            throw new IllegalStateException("collected too early");
        }
        parts.close();
    }

    private static List<RouteDefinition> define(int count) {
        List<RouteDefinition> definitions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            definitions.add(LookupBenchmark.definition(i, "x"));
        }
        return definitions;
    }

    private static long used() {
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
