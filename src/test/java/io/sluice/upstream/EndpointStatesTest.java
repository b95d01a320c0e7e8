package io.sluice.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EndpointStatesTest {

    private static final long SECOND = 1_000_000_000L;

    private final EndpointStates states = new EndpointStates();

    @Test
    void state_sameId_sameState() {
        assertThat(states.state("a:1")).isSameAs(states.state("a:1"));
        assertThat(states.state("a:1")).isNotSameAs(states.state("b:1"));
    }

    @Test
    void retain_present_keeps() {
        EndpointState a = states.state("a:1");

        states.retain(Set.of("a:1"), 0);
        states.retain(Set.of("a:1"), 500 * SECOND);

        assertThat(states.state("a:1")).isSameAs(a);
    }

    @Test
    void retain_goneAndBackWithinTheGrace_keeps() {
        EndpointState a = states.state("a:1");
        states.retain(Set.of(), 0);
        states.retain(Set.of(), 59 * SECOND);
        states.retain(Set.of("a:1"), 60 * SECOND);

        states.retain(Set.of(), 70 * SECOND);
        states.retain(Set.of(), 129 * SECOND);

        assertThat(states.state("a:1")).isSameAs(a);
    }

    @Test
    void retain_goneForTheGrace_forgets() {
        states.state("a:1");
        states.retain(Set.of("b:1"), 0);

        states.retain(Set.of("b:1"), 60 * SECOND);

        assertThat(states.size()).isZero();
    }

    @Test
    void retain_goneWithRequestsInFlight_keepsUntilTheyEnd() {
        Lease lease = states.state("a:1").acquire(0);
        states.retain(Set.of(), 0);
        states.retain(Set.of(), 900 * SECOND);
        assertThat(states.size()).isEqualTo(1);

        lease.release(Outcome.SUCCESS, 901 * SECOND, 0);
        states.retain(Set.of(), 902 * SECOND);

        assertThat(states.size()).isZero();
        assertThat(states.total().get()).isZero();
    }

    @Test
    void retain_underChurn_staysBounded() {
        EndpointStates noGrace = new EndpointStates(Duration.ZERO);
        for (int i = 0; i < 10_000; i++) {
            String id = "pod-" + i + ":80";
            noGrace.state(id).acquire(i).release(Outcome.SUCCESS, i + 1, 0);
            noGrace.retain(Set.of(id), i);
            assertThat(noGrace.size()).isEqualTo(1);
        }
    }
}
