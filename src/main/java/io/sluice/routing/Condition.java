package io.sluice.routing;

import java.util.List;
import java.util.Set;

/** Something that holds for every request a route matches. Immutable. */
public sealed interface Condition {

    Dimension dimension();

    /**
     * The steps of the request's path or host follow one of these shapes.
     *
     * @param anyOf at least one
     */
    record Shaped(Dimension dimension, List<Shape> anyOf) implements Condition {
        public Shaped {
            anyOf = List.copyOf(anyOf);
        }
    }

    /**
     * The request has one of these values.
     *
     * @param anyOf compared exactly; none: no request matches
     */
    record Valued(Dimension dimension, Set<String> anyOf) implements Condition {
        public Valued {
            anyOf = Set.copyOf(anyOf);
        }
    }

    static Condition values(Dimension dimension, Set<String> anyOf) {
        return new Valued(dimension, anyOf);
    }
}
