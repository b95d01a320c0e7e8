package io.sluice.edge.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.settings.SettingException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class EdgePropertiesTest {

    private static EdgeProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("sluice.edge", Bindable.of(EdgeProperties.class));
    }

    @Test
    void defaults_areThoseOfTheDocs() {
        EdgeProperties edge = bind(Map.of());
        assertThat(edge.allowedMethods())
                .containsExactly("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
        assertThat(edge.allowedHosts()).isEmpty();
        assertThat(edge.maxHeaders()).isEqualTo(100);
        assertThat(edge.mergeSlashes()).isFalse();
        assertThat(edge.passHeaders()).isEmpty();
        assertThat(edge.requestUriHosts()).isEmpty();
        assertThat(edge.maxBodySize()).isEqualTo(DataSize.ofBytes(0));
        assertThat(edge.minBodySize()).isEqualTo(DataSize.ofKilobytes(1));
        assertThat(edge.maxConnections()).isEqualTo(20_000);
        assertThat(edge.maxConnectionsPerClient()).isEqualTo(5_000);
        assertThat(edge.maxControlFrames()).isEqualTo(1_000);
        assertThat(edge.h2c()).isTrue();
        assertThat(edge.timeouts())
                .isEqualTo(
                        new EdgeTimeouts(
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(60)));
    }

    @Test
    void mapping_everyKey_arrives() {
        EdgeProperties edge =
                bind(
                        Map.ofEntries(
                                entry("allowed-methods", "GET,PROPFIND"),
                                entry("allowed-hosts", "shop.example.com, *.example.net"),
                                entry("max-headers", "50"),
                                entry("merge-slashes", "true"),
                                entry("pass-headers", "X-HTTP-Method"),
                                entry("request-uri-hosts", "*.internal"),
                                entry("max-body-size", "2MB"),
                                entry("min-body-size", "10B"),
                                entry("max-connections", "7"),
                                entry("max-connections-per-client", "0"),
                                entry("max-control-frames", "20"),
                                entry("h2c", "false"),
                                entry("timeouts.first-byte", "1s"),
                                entry("timeouts.head", "2s"),
                                entry("timeouts.body", "3s"),
                                entry("timeouts.write", "4s")));
        assertThat(edge.allowedMethods()).containsExactly("GET", "PROPFIND");
        assertThat(edge.allowedHosts()).containsExactly("shop.example.com", "*.example.net");
        assertThat(edge.maxHeaders()).isEqualTo(50);
        assertThat(edge.mergeSlashes()).isTrue();
        assertThat(edge.passHeaders()).containsExactly("X-HTTP-Method");
        assertThat(edge.requestUriHosts()).containsExactly("*.internal");
        assertThat(edge.maxBodySize()).isEqualTo(DataSize.ofMegabytes(2));
        assertThat(edge.minBodySize()).isEqualTo(DataSize.ofBytes(10));
        assertThat(edge.maxConnections()).isEqualTo(7);
        assertThat(edge.maxConnectionsPerClient()).isZero();
        assertThat(edge.maxControlFrames()).isEqualTo(20);
        assertThat(edge.h2c()).isFalse();
        assertThat(edge.timeouts())
                .isEqualTo(
                        new EdgeTimeouts(
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4)));
    }

    private static Map.Entry<String, String> entry(String key, String value) {
        return Map.entry("sluice.edge." + key, value);
    }

    @ParameterizedTest
    @CsvSource({
        "allowed-methods, CONNECT",
        "allowed-methods, G T",
        "allowed-hosts, shop:80",
        "allowed-hosts, shop.*",
        "allowed-hosts, *",
        "max-headers, 9",
        "max-headers, 10001",
        "pass-headers, a b",
        "request-uri-hosts, *",
        "max-body-size, -1B",
        "min-body-size, -1B",
        "max-connections, 0",
        "max-connections-per-client, -1",
        "max-control-frames, 9",
        "timeouts.first-byte, 999ms",
        "timeouts.head, 0s",
        "timeouts.body, 2h",
        "timeouts.write, 61m"
    })
    void refusal_namesTheProperty(String key, String value) {
        assertThatThrownBy(() -> bind(Map.of("sluice.edge." + key, value)))
                .hasRootCauseInstanceOf(SettingException.class)
                .rootCause()
                .hasMessageContaining("sluice.edge." + key);
    }
}
