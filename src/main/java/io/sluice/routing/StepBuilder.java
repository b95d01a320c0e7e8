package io.sluice.routing;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A place in the tree of steps while it grows. Used by one thread. */
final class StepBuilder {

    private final Map<String, StepBuilder> literals = new HashMap<>(2);
    private @Nullable StepBuilder any;
    private @Nullable Ordinals here;
    private @Nullable Ordinals open;

    void add(Shape shape, int ordinal) {
        StepBuilder at = this;
        for (String step : shape.steps()) {
            at = at.next(step);
        }
        at.place(shape.open()).add(ordinal);
    }

    private StepBuilder next(String step) {
        if (!step.equals(Shape.ANY)) {
            return literals.computeIfAbsent(step, s -> new StepBuilder());
        }
        if (any == null) {
            any = new StepBuilder();
        }
        return any;
    }

    private Ordinals place(boolean isOpen) {
        if (isOpen) {
            open = open == null ? new Ordinals() : open;
            return open;
        }
        here = here == null ? new Ordinals() : here;
        return here;
    }

    Node.Step build(Function<Ordinals, Node> below) {
        Map<String, Node.Step> built = new HashMap<>(literals.size() * 2);
        literals.forEach((step, next) -> built.put(step, next.build(below)));
        return new Node.Step(
                Map.copyOf(built),
                any == null ? null : any.build(below),
                here == null ? Node.EMPTY : below.apply(here),
                open == null ? Node.EMPTY : below.apply(open));
    }
}
