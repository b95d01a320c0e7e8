package io.sluice.routing.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.settings.SettingException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import reactor.core.publisher.Flux;

class DefinitionsAsDataTest {

    private final GatewayProperties properties = new GatewayProperties();

    private List<RouteDefinition> read(RouteDefinition... definitions) {
        return new DefinitionsAsData(() -> Flux.just(definitions), properties)
                .getRouteDefinitions()
                .collectList()
                .block();
    }

    private static RouteDefinition route(String predicate, String filter) {
        RouteDefinition route = Parts.definition("r", 0, predicate);
        route.setFilters(List.of(new FilterDefinition(filter)));
        return route;
    }

    @Test
    void definitions_ofPlainText_passAsTheyAre() {
        RouteDefinition route = route("Path=/a/{id}", "RewritePath=/a/(?<id>.*), /$\\{id}#x");

        assertThat(read(route)).containsExactly(route);
    }

    @ParameterizedTest
    @ValueSource(strings = {"#{1+1}", "#{@bean}", " #{@bean.name}", "a #{T(java.lang.Runtime)} b"})
    void filter_withAnExpression_isRefusedByItsPlace(String value) {
        assertThatThrownBy(() -> read(route("Path=/a", "AddRequestHeader=X-A, " + value)))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("webflux.routes[r].filters[0]: AddRequestHeader with #{");
    }

    @Test
    void predicate_withAnExpression_isRefusedByItsPlace() {
        assertThatThrownBy(() -> read(route("Path=#{'/a'}", "StripPrefix=1")))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("webflux.routes[r].predicates[0]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Header=X-A, (.*a){10}b", "Query=q, (.*a){10}b", "Cookie=c, (.*a){10}b"})
    void predicate_withAnEndlessRegularExpression_isRefusedByItsPlace(String predicate) {
        assertThatThrownBy(() -> read(route(predicate, "StripPrefix=1")))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("webflux.routes[r].predicates[0]")
                .hasMessageContaining("(.*a){10}b");
    }

    @Test
    void filter_withAnEndlessRegularExpression_isRefusedByItsPlace() {
        assertThatThrownBy(() -> read(route("Path=/a", "RewritePath=/(.*a){10}b, /x")))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("webflux.routes[r].filters[0]");
    }

    @Test
    void defaultFilter_withAnExpression_isRefusedByItsPlace() {
        properties.setDefaultFilters(List.of(new FilterDefinition("AddRequestHeader=X-A, #{1}")));

        assertThatThrownBy(() -> read(route("Path=/a", "StripPrefix=1")))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("webflux.default-filters[0]");
    }
}
