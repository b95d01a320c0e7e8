package io.sluice.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A route as its definition tells it. Immutable.
 *
 * @param order lower is asked earlier; equals in the order in which they are written
 * @param predicates all of which must hold
 */
public record RouteFacts(String id, int order, List<Predicate> predicates) {

    /**
     * One predicate.
     *
     * @param name of its factory
     * @param arguments in their order, without flags
     */
    public record Predicate(String name, List<String> arguments) {

        public Predicate {
            arguments = List.copyOf(arguments);
        }

        String text() {
            return name + "=" + String.join(",", arguments);
        }
    }

    public RouteFacts {
        predicates = List.copyOf(predicates);
    }

    List<Predicate> named(String name) {
        return predicates.stream().filter(one -> one.name().equals(name)).toList();
    }

    /** Whether both match the same requests by the words of their definitions. */
    boolean sameAs(RouteFacts other) {
        return texts().equals(other.texts());
    }

    private Set<String> texts() {
        List<String> texts = new ArrayList<>();
        predicates.forEach(one -> texts.add(one.text()));
        return Set.copyOf(texts);
    }
}
