package io.sluice.routing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Routes that share traffic by weight. Immutable and thread-safe.
 *
 * <p>A route's share is its weight divided by the sum of all; with a sum of 0 nobody is drawn.
 */
public final class WeightGroup {

    private final List<String> routes;
    private final long[] bounds;

    private WeightGroup(List<String> routes, long[] bounds) {
        this.routes = routes;
        this.bounds = bounds;
    }

    /**
     * @param weights 0 or more, by route id, in the order of the routes
     */
    public static WeightGroup of(Map<String, Integer> weights) {
        Map<String, Integer> ordered = new LinkedHashMap<>(weights);
        long[] bounds = new long[ordered.size()];
        long sum = 0;
        int i = 0;
        for (int weight : ordered.values()) {
            sum += weight;
            bounds[i++] = sum;
        }
        return new WeightGroup(List.copyOf(new ArrayList<>(ordered.keySet())), bounds);
    }

    /** What all weights add up to; with 0 nobody is drawn. */
    public long sum() {
        return bounds.length == 0 ? 0 : bounds[bounds.length - 1];
    }

    /**
     * The id of the route that is drawn.
     *
     * @param random 0 to less than 1, evenly spread
     */
    public @Nullable String draw(double random) {
        double point = random * sum();
        for (int i = 0; i < bounds.length; i++) {
            if (point < bounds[i]) {
                return routes.get(i);
            }
        }
        return null;
    }
}
