package io.sluice.tracing.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.settings.SettingException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class TracingPropertiesTest {

    private static TracingProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("sluice.tracing", Bindable.of(TracingProperties.class));
    }

    @Test
    void defaults_areThoseOfTheDocs() {
        assertThat(bind(Map.of()))
                .isEqualTo(
                        new TracingProperties(
                                false,
                                URI.create("http://localhost:4318/v1/traces"),
                                Map.of(),
                                0.1,
                                Duration.ofSeconds(5),
                                8192));
    }

    @Test
    void mapping_everyKey_arrives() {
        assertThat(
                        bind(
                                Map.of(
                                        "sluice.tracing.enabled", "true",
                                        "sluice.tracing.endpoint", "https://otel:4318/v1/traces",
                                        "sluice.tracing.headers.authorization", "Bearer x",
                                        "sluice.tracing.sampling-probability", "0.5",
                                        "sluice.tracing.timeout", "2s",
                                        "sluice.tracing.queue-size", "100")))
                .isEqualTo(
                        new TracingProperties(
                                true,
                                URI.create("https://otel:4318/v1/traces"),
                                Map.of("authorization", "Bearer x"),
                                0.5,
                                Duration.ofSeconds(2),
                                100));
    }

    @ParameterizedTest
    @CsvSource({
        "endpoint, ftp://otel/v1/traces",
        "endpoint, /v1/traces",
        "sampling-probability, 1.1",
        "sampling-probability, -0.1",
        "timeout, 10ms",
        "timeout, 2m",
        "queue-size, 0",
        "queue-size, 1000001"
    })
    void value_outOfRange_isRefusedByName(String key, String value) {
        assertThatThrownBy(() -> bind(Map.of("sluice.tracing." + key, value)))
                .rootCause()
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("sluice.tracing." + key);
    }

    @Test
    void toString_withHeaders_tellsTheirNamesOnly() {
        assertThat(bind(Map.of("sluice.tracing.headers.authorization", "Bearer x")).toString())
                .contains("authorization")
                .doesNotContain("Bearer");
    }
}
