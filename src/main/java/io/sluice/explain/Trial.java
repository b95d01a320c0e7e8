package io.sluice.explain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One route, put to a request: its predicates in order, up to the first that does not hold.
 * Immutable.
 *
 * @param route its id
 * @param steps what each predicate said; only the last may be other than {@link Result#HOLDS}
 * @param draw its share of a weight group, which the other predicates leave open; {@code null}
 *     where it is in none
 */
public record Trial(String route, List<Step> steps, @Nullable Draw draw) {

    /** What a predicate said. */
    public enum Result {
        HOLDS,
        FAILS,
        /** It threw, which counts as not holding. */
        ERROR
    }

    /**
     * One predicate.
     *
     * @param predicate as it describes itself
     * @param result what it said
     * @param why what of the request it looked at, as far as that is known
     */
    public record Step(String predicate, Result result, @Nullable String why) {}

    /**
     * A route's place in a weight group.
     *
     * @param weight its own, 0 or more
     * @param sum that of the whole group, the own included
     */
    public record Draw(String group, int weight, long sum) {

        double share() {
            return sum == 0 ? 0 : (double) weight / sum;
        }
    }

    public Trial {
        steps = List.copyOf(steps);
    }

    /** Whether every predicate holds, a draw aside. */
    public boolean holds() {
        return steps.isEmpty() || steps.get(steps.size() - 1).result() == Result.HOLDS;
    }

    /** How many predicates held before one did not. */
    int held() {
        return holds() ? steps.size() : steps.size() - 1;
    }
}
