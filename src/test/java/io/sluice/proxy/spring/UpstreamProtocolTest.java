package io.sluice.proxy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.settings.SettingException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.gateway.route.Route;

class UpstreamProtocolTest {

    private static Route route(String uri, Map<String, Object> metadata) {
        return Route.async()
                .id("calls")
                .uri(uri)
                .predicate(exchange -> true)
                .metadata(metadata)
                .build();
    }

    private static Route speaking(String uri, Object protocol) {
        return route(uri, Map.of(UpstreamProtocol.METADATA, protocol));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:9", "lb://calls"})
    void h2c_overAPlainOrBalancedRoute_isTaken(String uri) {
        Route route = speaking(uri, "h2c");
        UpstreamProtocol.check(route);
        assertThat(UpstreamProtocol.isH2c(route)).isTrue();
    }

    @Test
    void noMetadata_meansHttp11() {
        Route route = route("http://127.0.0.1:9", Map.of());
        UpstreamProtocol.check(route);
        assertThat(UpstreamProtocol.isH2c(route)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"http://127.0.0.1:9,h2", "lb://calls,HTTP/2", "https://127.0.0.1:9,h2c"})
    void anythingElse_isRefusedByItsName(String uri, String protocol) {
        assertThatThrownBy(() -> UpstreamProtocol.check(speaking(uri, protocol)))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("routes[calls].metadata.upstream-protocol: " + protocol);
    }
}
