package io.sluice.routing;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How well one dimension tells a set of routes apart. Used by one thread. */
final class Tally {

    private final Dimension dimension;
    private final Map<Object, Integer> parts = new HashMap<>();
    private int routes;
    private int largest;

    private Tally(Dimension dimension) {
        this.dimension = dimension;
    }

    /**
     * The dimension that leaves the fewest routes together, the worst part counted with those that
     * say nothing; {@code null} where none leaves fewer than there are.
     */
    static @Nullable Dimension best(
            Ordinals part, List<List<Condition>> conditions, Set<Dimension> used) {
        Map<Dimension, Tally> tallies = new HashMap<>();
        for (int i = 0; i < part.size(); i++) {
            for (Condition condition : conditions.get(part.get(i))) {
                Dimension of = condition.dimension();
                if (!used.contains(of)) {
                    tallies.computeIfAbsent(of, Tally::new).add(condition);
                }
            }
        }
        return tallies.values().stream()
                .filter(tally -> tally.left(part.size()) < part.size())
                .min(
                        Comparator.<Tally>comparingInt(tally -> tally.left(part.size()))
                                .thenComparing(tally -> tally.dimension.kind())
                                .thenComparing(tally -> tally.dimension.name()))
                .map(tally -> tally.dimension)
                .orElse(null);
    }

    /** A route's condition on this dimension; {@link RouteIndex} leaves it at most one. */
    static @Nullable Condition first(List<Condition> conditions, Dimension dimension) {
        for (Condition condition : conditions) {
            if (condition.dimension().equals(dimension)) {
                return condition;
            }
        }
        return null;
    }

    private void add(Condition condition) {
        routes++;
        if (condition instanceof Condition.Shaped shaped) {
            shaped.anyOf().forEach(this::count);
        } else if (condition instanceof Condition.Valued valued) {
            valued.anyOf().forEach(this::count);
        }
    }

    private void count(Object key) {
        largest = Math.max(largest, parts.merge(key, 1, Integer::sum));
    }

    private int left(int of) {
        return of - routes + largest;
    }
}
