package io.sluice.routing.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.handler.AsyncPredicate;
import org.springframework.cloud.gateway.handler.AsyncPredicate.AndAsyncPredicate;
import org.springframework.cloud.gateway.handler.AsyncPredicate.DefaultAsyncPredicate;
import org.springframework.cloud.gateway.handler.AsyncPredicate.NegateAsyncPredicate;
import org.springframework.cloud.gateway.handler.AsyncPredicate.OrAsyncPredicate;
import org.springframework.cloud.gateway.handler.predicate.GatewayPredicate.AndGatewayPredicate;
import org.springframework.cloud.gateway.handler.predicate.GatewayPredicate.GatewayPredicateWrapper;
import org.springframework.cloud.gateway.handler.predicate.GatewayPredicate.NegateGatewayPredicate;
import org.springframework.cloud.gateway.handler.predicate.GatewayPredicate.OrGatewayPredicate;

/**
 * The structure of a route's predicate. Spring's own visitor walks conjunctions, disjunctions and
 * negations alike, so it cannot tell what a route requires; this takes the nodes apart instead.
 * Stateless.
 */
final class PredicateTree {

    private PredicateTree() {}

    /** The asynchronous predicates that must all hold, in the order in which they are tested. */
    static List<AsyncPredicate<?>> steps(AsyncPredicate<?> predicate) {
        List<AsyncPredicate<?>> steps = new ArrayList<>();
        addSteps(predicate, steps);
        return steps;
    }

    private static void addSteps(AsyncPredicate<?> predicate, List<AsyncPredicate<?>> steps) {
        Object[] both = operands(predicate, AndAsyncPredicate.class);
        if (both != null
                && both[0] instanceof AsyncPredicate<?> left
                && both[1] instanceof AsyncPredicate<?> right) {
            addSteps(left, steps);
            addSteps(right, steps);
        } else {
            steps.add(predicate);
        }
    }

    /** What a step tests at once, without a publisher; {@code null} where it may have to wait. */
    static @Nullable Object immediate(AsyncPredicate<?> step) {
        return step.getClass() == DefaultAsyncPredicate.class
                ? Hidden.named(step, DefaultAsyncPredicate.class, "delegate")
                : null;
    }

    /** Everything that must hold for this to hold, in the order in which it is tested. */
    static List<Object> conjuncts(AsyncPredicate<?> predicate) {
        List<Object> leaves = new ArrayList<>();
        for (AsyncPredicate<?> step : steps(predicate)) {
            Object immediate = immediate(step);
            addConjuncts(immediate == null ? step : immediate, leaves);
        }
        return leaves;
    }

    private static void addConjuncts(Object predicate, List<Object> leaves) {
        Object[] both = operands(predicate, AndGatewayPredicate.class);
        if (both != null) {
            addConjuncts(both[0], leaves);
            addConjuncts(both[1], leaves);
        } else {
            leaves.add(unwrapped(predicate));
        }
    }

    /** Every predicate in it, whatever joins them. */
    static void each(Object predicate, Consumer<Object> visitor) {
        for (Class<?> joining :
                List.of(
                        AndAsyncPredicate.class,
                        OrAsyncPredicate.class,
                        AndGatewayPredicate.class,
                        OrGatewayPredicate.class)) {
            Object[] both = operands(predicate, joining);
            if (both != null) {
                each(both[0], visitor);
                each(both[1], visitor);
                return;
            }
        }
        Object inner = inner(predicate);
        if (inner == null) {
            visitor.accept(predicate);
        } else {
            each(inner, visitor);
        }
    }

    private static @Nullable Object inner(Object predicate) {
        Class<?> type = predicate.getClass();
        if (type == NegateAsyncPredicate.class || type == NegateGatewayPredicate.class) {
            return Hidden.named(predicate, type, "predicate");
        }
        return type == DefaultAsyncPredicate.class || type == GatewayPredicateWrapper.class
                ? Hidden.named(predicate, type, "delegate")
                : null;
    }

    private static Object unwrapped(Object predicate) {
        Object inner =
                predicate.getClass() == GatewayPredicateWrapper.class ? inner(predicate) : null;
        return inner == null ? predicate : inner;
    }

    private static Object @Nullable [] operands(Object predicate, Class<?> joining) {
        if (predicate.getClass() != joining) {
            return null;
        }
        Object left = Hidden.named(predicate, joining, "left");
        Object right = Hidden.named(predicate, joining, "right");
        return left == null || right == null ? null : new Object[] {left, right};
    }
}
