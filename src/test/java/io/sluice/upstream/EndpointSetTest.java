package io.sluice.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.upstream.EndpointSet.Member;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndpointSetTest {

    private final EndpointStates states = new EndpointStates();

    @Test
    void of_anyOrder_sortsById() {
        EndpointSet set = EndpointSet.of(List.of(member("c", 1), member("a", 2), member("b", 3)));

        assertThat(set.members())
                .extracting(m -> m.endpoint().host())
                .containsExactly("a", "b", "c");
        assertThat(set.size()).isEqualTo(3);
        assertThat(set.weightScale()).isEqualTo(1);
    }

    @Test
    void of_sameIdTwice_keepsTheFirst() {
        EndpointSet set = EndpointSet.of(List.of(member("a", 7), member("a", 2)));

        assertThat(set.members()).extracting(Member::weight).containsExactly(7);
    }

    @Test
    void of_badValues_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EndpointSet.of(List.of(), 0))
                .withMessage("weightScale: 0 (expected: >= 1)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> member("a", -1))
                .withMessage("weight: -1 (expected: >= 0)");
    }

    @Test
    void inFlight_statesOfOneUpstream_readsTheirTotal() {
        EndpointSet set = EndpointSet.of(List.of(member("a", 1), member("b", 1)));
        states.state("a:80").acquire(0);
        states.state("gone:80").acquire(0);

        assertThat(set.inFlight()).isEqualTo(2);
    }

    @Test
    void inFlight_statesOnTheirOwn_sums() {
        EndpointState a = new EndpointState("a:80");
        EndpointState b = new EndpointState("b:80");
        EndpointSet set =
                EndpointSet.of(
                        List.of(
                                new Member(endpoint("a"), a, 1, true),
                                new Member(endpoint("b"), b, 1, true)));
        a.acquire(0);
        b.acquire(0);
        b.acquire(0);

        assertThat(set.inFlight()).isEqualTo(3);
        assertThat(EndpointSet.of(List.of()).inFlight()).isZero();
    }

    @Test
    void endpoint_badPortOrWeight_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Endpoint("http", "a", 0, 1, null, Map.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Endpoint("http", "a", 65536, 1, null, Map.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Endpoint("http", "a", 80, -1, null, Map.of()));
    }

    @Test
    void endpointId_ofIpv6_hasBrackets() {
        assertThat(new Endpoint("http", "2001:db8::1", 80, 1, null, Map.of()).id())
                .isEqualTo("[2001:db8::1]:80");
    }

    @Test
    void health_usableSince_isUsable() {
        assertThat(EndpointHealth.usableSince(5)).isEqualTo(new EndpointHealth(true, 5L));
        assertThat(EndpointHealth.USABLE.usable()).isTrue();
        assertThat(EndpointHealth.UNUSABLE.usable()).isFalse();
    }

    private Member member(String host, int weight) {
        Endpoint endpoint = endpoint(host);
        return new Member(endpoint, states.state(endpoint.id()), weight, true);
    }

    private static Endpoint endpoint(String host) {
        return new Endpoint("http", host, 80, 1, null, Map.of());
    }
}
