package io.sluice.routing;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A part of the index: adds to a lookup every route of this part that the request can match. */
sealed interface Node {

    Node EMPTY = new Leaf(Lookup.NONE);

    void collect(Lookup lookup);

    /**
     * A few routes.
     *
     * @param ordinals ascending
     */
    record Leaf(int[] ordinals) implements Node {
        @Override
        public void collect(Lookup lookup) {
            lookup.add(ordinals);
        }
    }

    /**
     * Routes told apart by exact values.
     *
     * @param others those that say nothing about this dimension
     */
    record ByValue(Dimension dimension, Map<String, Node> byValue, Node others) implements Node {
        @Override
        public void collect(Lookup lookup) {
            others.collect(lookup);
            List<String> values = lookup.request().values(dimension);
            if (values == null) {
                byValue.values().forEach(node -> node.collect(lookup));
                return;
            }
            for (String value : values) {
                Node node = byValue.get(value);
                if (node != null) {
                    node.collect(lookup);
                }
            }
        }
    }

    /**
     * Routes told apart by the steps of path or host.
     *
     * @param others those that say nothing about this dimension
     */
    record BySteps(Dimension dimension, Step root, Node others) implements Node {
        @Override
        public void collect(Lookup lookup) {
            others.collect(lookup);
            root.collect(lookup.steps(dimension), 0, lookup);
        }
    }

    /**
     * A place in the tree of steps.
     *
     * @param literals where the next step has this text
     * @param any where the next step may have any text
     * @param here routes whose shape ends here
     * @param open routes whose shape goes on with anything
     */
    record Step(Map<String, Step> literals, @Nullable Step any, Node here, Node open) {

        void collect(List<String> steps, int at, Lookup lookup) {
            open.collect(lookup);
            if (at == steps.size()) {
                here.collect(lookup);
                return;
            }
            String step = steps.get(at);
            if (step.isEmpty() && at == steps.size() - 1) {
                // A trailing separator, which a parser may be told to take as optional.
                here.collect(lookup);
            }
            Step next = literals.get(step);
            if (next != null) {
                next.collect(steps, at + 1, lookup);
            }
            if (any != null) {
                any.collect(steps, at + 1, lookup);
            }
        }
    }
}
