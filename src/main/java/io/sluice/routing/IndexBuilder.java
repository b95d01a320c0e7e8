package io.sluice.routing;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds the index from the top: the dimension that leaves the fewest routes together splits them,
 * and each part is split again by what is left. Used by one thread.
 */
final class IndexBuilder {

    /** As many routes as are sooner tested than told apart. */
    private static final int FEW = 2;

    private final List<List<Condition>> routes;

    IndexBuilder(List<List<Condition>> routes) {
        this.routes = routes;
    }

    Node build() {
        Ordinals all = new Ordinals();
        for (int i = 0; i < routes.size(); i++) {
            all.add(i);
        }
        return build(all, Set.of());
    }

    private Node build(Ordinals part, Set<Dimension> used) {
        if (part.size() <= FEW) {
            return leaf(part);
        }
        Dimension best = Tally.best(part, routes, used);
        if (best == null) {
            return leaf(part);
        }
        Set<Dimension> usedBelow = new HashSet<>(used);
        usedBelow.add(best);
        return best.kind() == Dimension.Kind.PATH || best.kind() == Dimension.Kind.HOST
                ? bySteps(best, part, usedBelow)
                : byValue(best, part, usedBelow);
    }

    private static Node leaf(Ordinals part) {
        return part.size() == 0 ? Node.EMPTY : new Node.Leaf(part.toArray());
    }

    private Node byValue(Dimension dimension, Ordinals part, Set<Dimension> used) {
        Map<String, Ordinals> parts = new HashMap<>();
        Ordinals others = new Ordinals();
        for (int i = 0; i < part.size(); i++) {
            int ordinal = part.get(i);
            if (condition(ordinal, dimension) instanceof Condition.Valued valued) {
                for (String value : valued.anyOf()) {
                    parts.computeIfAbsent(value, v -> new Ordinals()).add(ordinal);
                }
            } else {
                others.add(ordinal);
            }
        }
        Map<String, Node> nodes = new HashMap<>();
        parts.forEach((value, ordinals) -> nodes.put(value, build(ordinals, used)));
        return new Node.ByValue(dimension, Map.copyOf(nodes), build(others, used));
    }

    private Node bySteps(Dimension dimension, Ordinals part, Set<Dimension> used) {
        StepBuilder root = new StepBuilder();
        Ordinals others = new Ordinals();
        for (int i = 0; i < part.size(); i++) {
            int ordinal = part.get(i);
            if (condition(ordinal, dimension) instanceof Condition.Shaped shaped) {
                for (Shape shape : shaped.anyOf()) {
                    root.add(shape, ordinal);
                }
            } else {
                others.add(ordinal);
            }
        }
        return new Node.BySteps(
                dimension, root.build(ordinals -> build(ordinals, used)), build(others, used));
    }

    private @Nullable Condition condition(int ordinal, Dimension dimension) {
        return Tally.first(routes.get(ordinal), dimension);
    }
}
