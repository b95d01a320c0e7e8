package io.sluice.upstream.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.settings.SettingException;
import io.sluice.upstream.Endpoint;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class StaticEndpointsTest {

    private static List<Endpoint> read(UpstreamProperties.Instance... instances) {
        return StaticEndpoints.of("sluice.upstreams.a", List.of(instances));
    }

    private static UpstreamProperties.Instance at(String uri) {
        return new UpstreamProperties.Instance(uri, 1, null, Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        "http://10.0.0.1:8080, http, 10.0.0.1, 8080, 10.0.0.1:8080",
        "http://orders/, http, orders, 80, orders:80",
        "https://orders, https, orders, 443, orders:443",
        "http://[2001:db8::1]:81, http, 2001:db8::1, 81, [2001:db8::1]:81",
    })
    void of_address_isRead(String uri, String scheme, String host, int port, String id) {
        assertThat(read(at(uri)))
                .singleElement()
                .satisfies(
                        endpoint -> {
                            assertThat(endpoint.scheme()).isEqualTo(scheme);
                            assertThat(endpoint.host()).isEqualTo(host);
                            assertThat(endpoint.port()).isEqualTo(port);
                            assertThat(endpoint.id()).isEqualTo(id);
                        });
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "10.0.0.1:8080",
                "ftp://a",
                "http://a/path",
                "http://a?x=1",
                "http://user@a",
                "http://a:99999",
                "http://a:0",
                "http://a b",
                "http:///"
            })
    void of_notAnAddress_isRefusedByProperty(String uri) {
        assertThatThrownBy(() -> read(at("http://fine"), at(uri)))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith(
                        "sluice.upstreams.a.instances[1].uri: " + (uri == null ? "null" : ""));
    }

    @Test
    void of_negativeWeight_isRefused() {
        assertThatThrownBy(
                        () -> read(new UpstreamProperties.Instance("http://a", -1, null, Map.of())))
                .hasMessage("sluice.upstreams.a.instances[0].weight: -1 (expected: >= 0)");
    }

    @Test
    void of_sameAddressTwice_isRefused() {
        assertThatThrownBy(() -> read(at("http://a"), at("https://a:80")))
                .hasMessageContaining("instances[1].uri");
    }
}
