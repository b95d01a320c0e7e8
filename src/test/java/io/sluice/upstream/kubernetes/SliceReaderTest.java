package io.sluice.upstream.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.upstream.EndpointSlice;
import io.sluice.upstream.EndpointSlice.Entry;
import io.sluice.upstream.EndpointSlice.Family;
import io.sluice.upstream.EndpointSlice.Port;
import io.sluice.upstream.SliceEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SliceReaderTest {

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** As the API server's own documentation shows one, with fields that are not read. */
    @Test
    void event_wholeSlice_isReadFieldByField() {
        SliceEvent event =
                SliceReader.event(
                        bytes(
                                """
                                {"type":"ADDED","object":{"apiVersion":"discovery.k8s.io/v1",
                                "kind":"EndpointSlice",
                                "metadata":{"name":"orders-abc","resourceVersion":"42","uid":"u"},
                                "addressType":"IPv6",
                                "ports":[{"name":"http","protocol":"TCP","port":8080,"appProtocol":"http"},
                                         {"name":"","port":9090},
                                         {"name":"dns","protocol":"UDP","port":53},
                                         {"name":"all"}],
                                "endpoints":[
                                 {"addresses":["2001:db8::1","2001:db8::9"],
                                  "conditions":{"ready":true,"serving":true,"terminating":false},
                                  "hostname":"h","nodeName":"n","zone":"eu-1a",
                                  "targetRef":{"kind":"Pod","name":"orders-1"},
                                  "hints":{"forZones":[{"name":"eu-1a"}]}},
                                 {"addresses":["2001:db8::2"],"conditions":{"ready":null},"zone":""},
                                 {"addresses":[]}]}}"""));

        assertThat(event)
                .isEqualTo(
                        new SliceEvent.Put(
                                new EndpointSlice(
                                        "orders-abc",
                                        Family.IPV6,
                                        List.of(
                                                new Port("http", 8080),
                                                new Port(null, 9090),
                                                new Port("all", null)),
                                        List.of(
                                                new Entry(
                                                        "2001:db8::1",
                                                        true,
                                                        true,
                                                        false,
                                                        "eu-1a",
                                                        "orders-1"),
                                                new Entry(
                                                        "2001:db8::2",
                                                        null,
                                                        null,
                                                        null,
                                                        null,
                                                        null))),
                                "42"));
    }

    @Test
    void event_error_saysWhetherTheVersionIsTooOld() {
        assertThat(SliceReader.event(bytes("{\"type\":\"ERROR\",\"object\":{\"code\":410}}")))
                .isEqualTo(new SliceEvent.Expired());
        assertThat(
                        SliceReader.event(
                                bytes(
                                        "{\"type\":\"ERROR\",\"object\":{\"code\":500,\"message\":\"no\\nway\"}}")))
                .isEqualTo(new SliceEvent.Failed("no way"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]"})
    void list_withoutItems_isEmpty(String items) {
        SliceReader.SliceList list =
                SliceReader.list(
                        bytes(
                                "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":"
                                        + items
                                        + "}"));

        assertThat(list.slices()).isEmpty();
        assertThat(list.resourceVersion()).isEqualTo("7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "{}",
                "{\"items\":[]}",
                "{\"metadata\":{\"resourceVersion\":\"7\"}}",
                "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[{\"metadata\":{\"name\":\"a\"}}]}"
            })
    void list_anythingElse_isUnreadable(String json) {
        assertThatThrownBy(() -> SliceReader.list(bytes(json)))
                .isInstanceOf(UnreadableException.class);
    }

    @Test
    void message_ofAStatus_isCutToSize() {
        assertThat(SliceReader.message(bytes("{\"message\":\"" + "m".repeat(1000) + "\"}")))
                .hasSize(301)
                .endsWith("…");
        assertThat(SliceReader.message(bytes("<html>"))).isEmpty();
        assertThat(SliceReader.message(bytes("[]"))).isEmpty();
    }
}
