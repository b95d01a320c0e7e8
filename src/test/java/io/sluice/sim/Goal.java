package io.sluice.sim;

import java.util.List;
import java.util.function.BiFunction;

/**
 * What balancing has to reach, and what it does reach.
 *
 * @param what the goal in words
 * @param measured a ratio or a share
 * @param atMost whether {@code limit} is an upper one
 */
record Goal(String what, double measured, double limit, boolean atMost) {

    boolean met() {
        return atMost ? measured <= limit : measured >= limit;
    }

    /** All goals, by the runs that a function makes. */
    static List<Goal> of(BiFunction<Scenario, Contender, Result> runs) {
        Contender best = Contender.LEAST_RESPONSE_TIME;
        double healthyFour = runs.apply(Scenarios.FOUR_ALIKE, best).millis(0.99);
        return List.of(
                atLeast(
                        "One of eleven stalls: least-response-time, share of requests under 1 s",
                        runs.apply(Scenarios.BUOYANT, best).within(1000),
                        0.999),
                atMost(
                        "One slow of four: least-response-time, p99 to that of four alike",
                        runs.apply(Scenarios.ONE_OF_FOUR, best).millis(0.99) / healthyFour,
                        1.1),
                atMost(
                        "Two slow of four: least-response-time, p99 to that of four alike",
                        runs.apply(Scenarios.TWO_OF_FOUR, best).millis(0.99) / healthyFour,
                        1.1),
                atMost(
                        "Black hole, nothing but least-response-time: the failing instance's part",
                        runs.apply(Scenarios.BLACK_HOLE, best).markedPart(),
                        0.02),
                atMost(
                        "Black hole, outlier detection: its part under the worst algorithm",
                        worst(runs, Scenarios.BLACK_HOLE_EJECTED, Measure.MARKED_PART),
                        0.02),
                atMost(
                        "Healthy at 80 %: least-response-time's p99 to that of least-connections",
                        runs.apply(Scenarios.HEALTHY, best).millis(0.99)
                                / runs.apply(Scenarios.HEALTHY, Contender.LEAST_CONNECTIONS)
                                        .millis(0.99),
                        1.03),
                atMost(
                        "32 gateways at 5 %: most loaded instance to the mean, worst algorithm",
                        worst(runs, Scenarios.QUIET, Measure.MOST_SHARE), 1.5));
    }

    private enum Measure {
        MARKED_PART,
        MOST_SHARE;

        double of(Result result) {
            return this == MARKED_PART ? result.markedPart() : result.mostShare();
        }
    }

    private static double worst(
            BiFunction<Scenario, Contender, Result> runs, Scenario scenario, Measure measure) {
        return Contender.ALL.stream()
                .mapToDouble(one -> measure.of(runs.apply(scenario, one)))
                .max()
                .orElseThrow();
    }

    private static Goal atMost(String what, double measured, double limit) {
        return new Goal(what, measured, limit, true);
    }

    private static Goal atLeast(String what, double measured, double limit) {
        return new Goal(what, measured, limit, false);
    }
}
