package io.sluice.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.upstream.EndpointSlice.Entry;
import io.sluice.upstream.EndpointSlice.Family;
import io.sluice.upstream.EndpointSlice.Port;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointSlicesTest {

    private static final List<Port> HTTP = List.of(new Port("http", 8080));

    private final EndpointSlices slices = new EndpointSlices("http", new ServicePort.Only());

    private static EndpointSlice slice(String name, Entry... entries) {
        return new EndpointSlice(name, Family.IPV4, HTTP, Arrays.asList(entries));
    }

    private static Entry entry(String address, Boolean ready, Boolean serving, Boolean ends) {
        return new Entry(address, ready, serving, ends, null, null);
    }

    private static Entry ready(String address) {
        return entry(address, true, true, false);
    }

    private static Entry notReady(String address) {
        return entry(address, false, false, false);
    }

    private static Entry terminating(String address, boolean serving) {
        return entry(address, false, serving, true);
    }

    /** {@code address=weight} of each endpoint. */
    private List<String> weights() {
        return slices.merged().endpoints().stream().map(e -> e.id() + "=" + e.weight()).toList();
    }

    @Test
    void merged_severalSlices_areOneSetInTheOrderOfAddresses() {
        slices.listed(
                List.of(
                        slice("b", ready("10.0.0.3"), ready("10.0.0.1")),
                        slice("a", ready("10.0.0.2"))),
                "7");

        assertThat(weights())
                .containsExactly("10.0.0.1:8080=1", "10.0.0.2:8080=1", "10.0.0.3:8080=1");
        assertThat(slices.resourceVersion()).isEqualTo("7");
    }

    @Test
    void merged_entry_carriesSchemeZoneAndPod() {
        EndpointSlices secure = new EndpointSlices("https", new ServicePort.Only());
        secure.listed(
                List.of(slice("a", new Entry("10.0.0.1", true, true, false, "zone-a", "orders-1"))),
                "1");

        assertThat(secure.merged().endpoints())
                .containsExactly(
                        new Endpoint(
                                "https", "10.0.0.1", 8080, 1, "zone-a", Map.of("pod", "orders-1")));
    }

    @Test
    void merged_conditionsLeftOut_countAsReady() {
        slices.listed(List.of(slice("a", entry("10.0.0.1", null, null, null))), "1");

        assertThat(weights()).containsExactly("10.0.0.1:8080=1");
    }

    @Test
    void merged_terminatingBesideReady_drainsWhetherItServesOrNot() {
        slices.listed(
                List.of(
                        slice(
                                "a",
                                ready("10.0.0.1"),
                                terminating("10.0.0.2", true),
                                terminating("10.0.0.3", false),
                                notReady("10.0.0.4"))),
                "1");

        assertThat(weights())
                .containsExactly("10.0.0.1:8080=1", "10.0.0.2:8080=0", "10.0.0.3:8080=0");
    }

    /** With publishNotReadyAddresses a terminating pod is called ready. */
    @Test
    void merged_terminatingThatIsCalledReady_drains() {
        slices.listed(
                List.of(slice("a", ready("10.0.0.1"), entry("10.0.0.2", true, true, true))), "1");

        assertThat(weights()).containsExactly("10.0.0.1:8080=1", "10.0.0.2:8080=0");
    }

    @Test
    void merged_noneReady_thoseThatServeAreUsed() {
        slices.listed(
                List.of(
                        slice(
                                "a",
                                terminating("10.0.0.1", true),
                                terminating("10.0.0.2", false),
                                notReady("10.0.0.3"),
                                entry("10.0.0.4", true, null, true))),
                "1");

        assertThat(weights()).containsExactly("10.0.0.1:8080=1", "10.0.0.4:8080=1");
    }

    @Test
    void merged_noneServes_isEmpty() {
        slices.listed(
                List.of(slice("a", notReady("10.0.0.1"), terminating("10.0.0.2", false))), "1");

        assertThat(slices.merged().endpoints()).isEmpty();
        assertThat(slices.merged().withoutPort()).isEmpty();
    }

    @Test
    void merged_addressInTwoSlices_countsOnceAndAtItsBest() {
        slices.listed(
                List.of(
                        slice("a", terminating("10.0.0.1", true), ready("10.0.0.2")),
                        slice("b", ready("10.0.0.1"), terminating("10.0.0.2", false))),
                "1");

        assertThat(weights()).containsExactly("10.0.0.1:8080=1", "10.0.0.2:8080=1");
    }

    @Test
    void merged_twoFamilies_usesIpv4WhereThereIsAny() {
        EndpointSlice six =
                new EndpointSlice("six", Family.IPV6, HTTP, List.of(ready("2001:db8::1")));
        slices.listed(List.of(six, slice("four", ready("10.0.0.1"))), "1");
        assertThat(weights()).containsExactly("10.0.0.1:8080=1");

        slices.listed(List.of(six, slice("four")), "2");
        assertThat(weights()).containsExactly("[2001:db8::1]:8080=1");
    }

    @Test
    void merged_sliceWithoutThePort_isLeftOutAndNamed() {
        EndpointSlice other =
                new EndpointSlice(
                        "other",
                        Family.IPV4,
                        List.of(new Port("a", 1), new Port("b", 2)),
                        List.of(ready("10.0.0.9")));
        slices.listed(List.of(other, slice("a", ready("10.0.0.1"))), "1");

        assertThat(weights()).containsExactly("10.0.0.1:8080=1");
        assertThat(slices.merged().withoutPort()).containsExactly("other");
    }

    @Test
    void apply_events_changeTheSlicesAndTheVersion() {
        slices.listed(List.of(slice("a", ready("10.0.0.1"))), "1");

        slices.apply(new SliceEvent.Put(slice("b", ready("10.0.0.2")), "2"));
        assertThat(weights()).hasSize(2);
        slices.apply(new SliceEvent.Put(slice("b", ready("10.0.0.3")), "3"));
        assertThat(weights()).containsExactly("10.0.0.1:8080=1", "10.0.0.3:8080=1");
        slices.apply(new SliceEvent.Removed("a", "4"));
        assertThat(weights()).containsExactly("10.0.0.3:8080=1");
        assertThat(slices.resourceVersion()).isEqualTo("4");
        slices.apply(new SliceEvent.Bookmark("9"));
        assertThat(slices.resourceVersion()).isEqualTo("9");
        assertThat(weights()).containsExactly("10.0.0.3:8080=1");
    }

    @Test
    void apply_expiredOrFailed_keepsTheEndpointsAndWantsAList() {
        for (SliceEvent end : List.of(new SliceEvent.Expired(), new SliceEvent.Failed("restart"))) {
            slices.listed(List.of(slice("a", ready("10.0.0.1"))), "1");
            slices.apply(end);
            assertThat(slices.resourceVersion()).isNull();
            assertThat(weights()).containsExactly("10.0.0.1:8080=1");
        }
        slices.listed(List.of(), "20");
        assertThat(weights()).isEmpty();
    }

    /** Whatever came before, slices are what the last event of each name said. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void apply_randomEvents_equalAFreshList(long seed) {
        Random random = new Random(seed);
        Map<String, EndpointSlice> truth = new HashMap<>();
        slices.listed(List.of(), "0");
        for (int i = 1; i <= 500; i++) {
            String name = "s" + random.nextInt(6);
            if (random.nextInt(4) == 0 && truth.remove(name) != null) {
                slices.apply(new SliceEvent.Removed(name, "" + i));
            } else {
                truth.put(name, slice(name, randomEntries(random)));
                slices.apply(new SliceEvent.Put(truth.get(name), "" + i));
            }
            EndpointSlices fresh = new EndpointSlices("http", new ServicePort.Only());
            List<EndpointSlice> shuffled = new ArrayList<>(truth.values());
            Collections.shuffle(shuffled, random);
            fresh.listed(shuffled, "" + i);
            assertThat(slices.merged()).as("seed %d, event %d", seed, i).isEqualTo(fresh.merged());
        }
    }

    private static Entry[] randomEntries(Random random) {
        return random.ints(random.nextInt(5), 0, 8)
                .mapToObj(
                        n ->
                                entry(
                                        "10.0.0." + n,
                                        random.nextBoolean(),
                                        random.nextBoolean(),
                                        random.nextBoolean()))
                .toArray(Entry[]::new);
    }
}
