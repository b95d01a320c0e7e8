package io.sluice.routing.spring;

import io.sluice.routing.SlowPattern;
import io.sluice.settings.Setting;
import io.sluice.settings.SettingException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.support.NameUtils;
import reactor.core.publisher.Flux;

/**
 * Every route definition, wherever it comes from, at start and at each refresh; one that holds an
 * expression ({@code #{…}}) is an error. Spring Cloud Gateway would evaluate it, with every bean in
 * reach: whoever could write a route could then run code (CVE-2022-22947) or read what is secret
 * (CVE-2025-41253). So is one with a regular expression that a client could keep busy. Thread-safe.
 */
final class DefinitionsAsData implements RouteDefinitionLocator {

    private static final String PREFIX = "spring.cloud.gateway.server.webflux.";
    private static final String EXPRESSION = "#{";

    /** Of each predicate and filter that takes a regular expression, its place. */
    private static final Map<String, Integer> REGEXES =
            Map.of(
                    "Header", 1,
                    "Query", 1,
                    "Cookie", 1,
                    "RewritePath", 0,
                    "RewriteResponseHeader", 1);

    private final RouteDefinitionLocator delegate;
    private final GatewayProperties properties;

    DefinitionsAsData(RouteDefinitionLocator delegate, GatewayProperties properties) {
        this.delegate = delegate;
        this.properties = properties;
    }

    /** Fails with a {@link SettingException} at the first definition that is refused. */
    @Override
    public Flux<RouteDefinition> getRouteDefinitions() {
        return Flux.defer(
                () -> {
                    checkFilters(PREFIX + "default-filters", properties.getDefaultFilters());
                    return delegate.getRouteDefinitions().doOnNext(DefinitionsAsData::check);
                });
    }

    private static void check(RouteDefinition definition) {
        String route = PREFIX + "routes[" + definition.getId() + "].";
        List<PredicateDefinition> predicates = definition.getPredicates();
        for (int i = 0; i < predicates.size(); i++) {
            PredicateDefinition one = predicates.get(i);
            check(route + "predicates[" + i + "]", one.getName(), one.getArgs());
        }
        checkFilters(route + "filters", definition.getFilters());
    }

    private static void checkFilters(String property, List<FilterDefinition> filters) {
        for (int i = 0; i < filters.size(); i++) {
            FilterDefinition one = filters.get(i);
            check(property + "[" + i + "]", one.getName(), one.getArgs());
        }
    }

    private static void check(
            String property, @Nullable String name, Map<String, String> arguments) {
        arguments.forEach(
                (key, value) -> {
                    if (key.contains(EXPRESSION) || (value != null && value.contains(EXPRESSION))) {
                        throw new SettingException(
                                property,
                                name + " with " + EXPRESSION + "…}",
                                "plain text: route definitions are data, and expressions in them"
                                        + " are not evaluated");
                    }
                });
        Integer place = REGEXES.get(name);
        if (place != null) {
            String regex =
                    arguments.getOrDefault(
                            "regexp", arguments.get(NameUtils.GENERATED_NAME_PREFIX + place));
            Setting.require(
                    regex == null || !SlowPattern.explodes(regex),
                    property,
                    name + " with " + regex,
                    "a regular expression that no text can keep busy: without repetitions of what"
                            + " repeats in itself");
        }
    }
}
