package io.sluice.health;

import static io.sluice.health.ProbeState.Verdict.HEALTHY;
import static io.sluice.health.ProbeState.Verdict.UNHEALTHY;
import static io.sluice.health.ProbeState.Verdict.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProbeStateTest {

    private static final ProbeResult GOOD = new ProbeResult.Answered(200);
    private static final ProbeResult BAD = new ProbeResult.Answered(503);

    private final HealthCheckSettings settings =
            HealthCheckSettings.of(
                    "p", "/h", Duration.ofSeconds(5), Duration.ofSeconds(1), 3, 2, "200-399");

    private long now = 100;
    private ProbeState state = ProbeState.unknown(now);

    @Test
    void unknown_beforeAnyProbe_isUsable() {
        assertThat(state).isEqualTo(new ProbeState(UNKNOWN, 0, 100, ""));
        assertThat(state.usable()).isTrue();
    }

    @Test
    void unknown_firstPass_isHealthyAtOnce() {
        probe(GOOD);
        assertThat(state).isEqualTo(new ProbeState(HEALTHY, 0, 101, "status 200"));
    }

    @Test
    void unknown_failures_areUsableUntilTheThreshold() {
        probe(BAD, BAD);
        assertThat(state).isEqualTo(new ProbeState(UNKNOWN, 2, 100, "status 503"));
        assertThat(state.usable()).isTrue();
        probe(BAD);
        assertThat(state).isEqualTo(new ProbeState(UNHEALTHY, 0, 103, "status 503"));
        assertThat(state.usable()).isFalse();
    }

    @Test
    void healthy_passBetweenFailures_startsTheCountAfresh() {
        probe(GOOD, BAD, BAD, GOOD, BAD, BAD);
        assertThat(state).isEqualTo(new ProbeState(HEALTHY, 2, 101, "status 503"));
        probe(BAD);
        assertThat(state.verdict()).isEqualTo(UNHEALTHY);
    }

    @Test
    void unhealthy_passesInARow_comeBackAtTheThreshold() {
        probe(BAD, BAD, BAD, GOOD, BAD, GOOD);
        assertThat(state).isEqualTo(new ProbeState(UNHEALTHY, 1, 103, "status 200"));
        probe(GOOD);
        assertThat(state).isEqualTo(new ProbeState(HEALTHY, 0, 107, "status 200"));
    }

    @Test
    void after_everyKindOfFailure_hasItsWords() {
        assertThat(state.after(new ProbeResult.TimedOut(), settings, now).last())
                .isEqualTo("no answer in time");
        assertThat(state.after(new ProbeResult.Unreachable(), settings, now).last())
                .isEqualTo("no connection");
    }

    @Test
    void thresholdsOfOne_everyResultDecides() {
        HealthCheckSettings nervous =
                HealthCheckSettings.of(
                        "p", "/h", Duration.ofSeconds(5), Duration.ofSeconds(1), 1, 1, "200");
        ProbeState next = state.after(BAD, nervous, now);
        assertThat(next.verdict()).isEqualTo(UNHEALTHY);
        assertThat(next.after(GOOD, nervous, now).verdict()).isEqualTo(HEALTHY);
    }

    @Test
    void policy_delays_areWithinTenPercentAndSpread() {
        long seed = 20261124L;
        ProbePolicy policy = new ProbePolicy(Duration.ofSeconds(5), new SplittableRandom(seed));
        Duration shortest = Duration.ofDays(1);
        Duration longest = Duration.ZERO;
        for (int i = 0; i < 1_000; i++) {
            Duration delay = policy.nextDelay();
            assertThat(delay)
                    .as("seed %d", seed)
                    .isBetween(Duration.ofMillis(4_500), Duration.ofMillis(5_500));
            shortest = delay.compareTo(shortest) < 0 ? delay : shortest;
            longest = delay.compareTo(longest) > 0 ? delay : longest;
            assertThat(policy.firstDelay())
                    .as("seed %d", seed)
                    .isBetween(Duration.ZERO, Duration.ofSeconds(1));
        }
        assertThat(shortest).as("seed %d", seed).isLessThan(Duration.ofMillis(4_550));
        assertThat(longest).as("seed %d", seed).isGreaterThan(Duration.ofMillis(5_450));
        ProbePolicy quick = new ProbePolicy(Duration.ofMillis(10), new SplittableRandom(seed));
        assertThat(quick.firstDelay()).isLessThan(Duration.ofMillis(10));
    }

    private void probe(ProbeResult... results) {
        for (ProbeResult result : results) {
            now++;
            state = state.after(result, settings, now);
        }
    }
}
