package io.sluice.edge.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.settings.SettingException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

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
        assertThat(edge.maxHeaders()).isEqualTo(100);
        assertThat(edge.mergeSlashes()).isFalse();
        assertThat(edge.passHeaders()).isEmpty();
    }

    @Test
    void mapping_everyKey_arrives() {
        EdgeProperties edge =
                bind(
                        Map.of(
                                "sluice.edge.allowed-methods", "GET,PROPFIND",
                                "sluice.edge.max-headers", "50",
                                "sluice.edge.merge-slashes", "true",
                                "sluice.edge.pass-headers", "X-HTTP-Method"));
        assertThat(edge.allowedMethods()).containsExactly("GET", "PROPFIND");
        assertThat(edge.maxHeaders()).isEqualTo(50);
        assertThat(edge.mergeSlashes()).isTrue();
        assertThat(edge.passHeaders()).containsExactly("X-HTTP-Method");
    }

    @ParameterizedTest
    @CsvSource({
        "allowed-methods, CONNECT",
        "allowed-methods, G T",
        "max-headers, 9",
        "max-headers, 10001",
        "pass-headers, a b"
    })
    void refusal_namesTheProperty(String key, String value) {
        assertThatThrownBy(() -> bind(Map.of("sluice.edge." + key, value)))
                .hasRootCauseInstanceOf(SettingException.class)
                .rootCause()
                .hasMessageContaining("sluice.edge." + key);
    }
}
