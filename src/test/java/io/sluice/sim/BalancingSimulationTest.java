package io.sluice.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Holds the pickers to the goals of {@code docs/balancing.md}, on shorter runs. */
class BalancingSimulationTest {

    private static final long SEED = BalancingSimulation.SEED;

    /** Runs that end sooner; what happens at a fixed time still happens. */
    private static final Map<String, Double> SECONDS =
            Map.of(
                    Scenarios.FOUR_ALIKE.name(), 8.0,
                    Scenarios.ONE_OF_FOUR.name(), 8.0,
                    Scenarios.TWO_OF_FOUR.name(), 8.0,
                    Scenarios.HEALTHY.name(), 25.0,
                    Scenarios.BLACK_HOLE.name(), 17.0,
                    Scenarios.BLACK_HOLE_EJECTED.name(), 9.0,
                    Scenarios.QUIET.name(), 30.0);

    @Test
    void goals_areMet() {
        for (Goal goal : Goal.of(BalancingSimulationTest::shortRun)) {
            assertThat(goal).as("seed %d: %s", SEED, goal).matches(Goal::met);
        }
    }

    @Test
    void result_sameSeed_same() {
        Scenario scenario = Scenarios.BLACK_HOLE_EJECTED.lasting(7);
        for (Contender contender : Contender.ALL) {
            Result one = Simulation.run(scenario, contender, 7);
            Result two = Simulation.run(scenario, contender, 7);
            assertThat(one.picks()).as(contender.name()).isEqualTo(two.picks());
            assertThat(one.times()).as(contender.name()).isEqualTo(two.times());
        }
    }

    @Test
    void queue_atGivenLoad_asTheory() {
        /* M/M/1 at 70 %: a mean of 1 ÷ (100/s − 70/s) = 33.3 ms and a p99 of 4.605 times that. */
        Scenario one =
                Scenario.of(
                        "one",
                        "M/M/1",
                        List.of(InstanceSpec.of(1, ServiceTime.exponential(10))),
                        70,
                        20_000);
        Result result = Simulation.run(one, Contender.ROUND_ROBIN, SEED);
        double mean = Arrays.stream(result.times()).average().orElseThrow() / 1e6;
        assertThat(mean).as("seed %d", SEED).isBetween(32.0, 34.7);
        assertThat(result.millis(0.99)).as("seed %d", SEED).isBetween(146.0, 161.0);
    }

    @Test
    void pause_stopsWork_forItsLength() {
        InstanceSpec.Pause pause = new InstanceSpec.Pause(10, 500, 0);
        assertThat(pause.end(0, 1_000_000)).isEqualTo(501_000_000);
        assertThat(pause.end(600_000_000, 1_000_000)).isEqualTo(601_000_000);
        assertThat(pause.end(9_999_500_000L, 1_000_000)).isEqualTo(10_500_500_000L);
    }

    @Test
    void restart_withRetry_losesAlmostNothing() {
        Scenario scenario = Scenarios.RESTART.lasting(8);
        for (Contender contender : Contender.ALL) {
            Result result = Simulation.run(scenario, contender, SEED);
            assertThat(result.failedShare())
                    .as("seed %d: %s", SEED, contender.name())
                    .isLessThan(0.001);
        }
    }

    private static final Map<String, Result> RUNS = new HashMap<>();

    private static Result shortRun(Scenario scenario, Contender contender) {
        double seconds = SECONDS.getOrDefault(scenario.name(), scenario.seconds());
        return RUNS.computeIfAbsent(
                scenario.name() + contender.name(),
                key -> Simulation.run(scenario.lasting(seconds), contender, SEED));
    }
}
