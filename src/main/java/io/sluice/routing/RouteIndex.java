package io.sluice.routing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which routes a request can match. Immutable and safe for any number of threads.
 *
 * <p>A lookup costs what the request's own parts cost to read, not more for more routes, as long as
 * the routes differ in exact parts: literal path segments or host labels, methods, exact headers,
 * query parameters or cookies. Routes that differ only in regular expressions or predicates unknown
 * here stay together, and each is a candidate.
 */
public final class RouteIndex {

    private final Node root;
    private final int size;

    private RouteIndex(Node root, int size) {
        this.root = root;
        this.size = size;
    }

    /**
     * @param routes for each route what every request that it matches fulfils, all of it; of
     *     several conditions on one dimension the first is used, which may find the route more
     *     often
     */
    public static RouteIndex of(List<List<Condition>> routes) {
        List<List<Condition>> once = new ArrayList<>(routes.size());
        for (List<Condition> conditions : routes) {
            once.add(firstOfEach(conditions));
        }
        return new RouteIndex(new IndexBuilder(once).build(), routes.size());
    }

    private static List<Condition> firstOfEach(List<Condition> conditions) {
        for (int i = 1; i < conditions.size(); i++) {
            Condition condition = conditions.get(i);
            if (Tally.first(conditions, condition.dimension()) != condition) {
                Set<Dimension> seen = new HashSet<>();
                return conditions.stream().filter(one -> seen.add(one.dimension())).toList();
            }
        }
        return conditions;
    }

    /**
     * The ordinals of every route that the request can match and maybe of some that it cannot,
     * ascending, each once. The array is shared and must not be changed.
     */
    public int[] candidates(RequestFacts request) {
        Lookup lookup = new Lookup(request);
        root.collect(lookup);
        return lookup.found();
    }

    /** The number of routes. */
    public int size() {
        return size;
    }
}
