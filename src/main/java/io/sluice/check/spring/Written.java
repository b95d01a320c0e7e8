package io.sluice.check.spring;

import io.sluice.check.RouteFacts;
import io.sluice.check.RouteWarnings;
import io.sluice.upstream.spring.UpstreamProperties;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.IgnoreErrorsBindHandler;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.DefaultResourceLoader;

/**
 * What configuration files say, read as a start reads them and not yet judged. What cannot be read
 * is left out: the rehearsal of a start tells of it.
 */
final class Written {

    static final String GATEWAY = "spring.cloud.gateway.server.webflux";

    private final StandardEnvironment environment = new StandardEnvironment();
    private final List<RouteDefinition> routes;
    private final List<FilterDefinition> defaultFilters;
    private final Set<String> upstreamIds;
    private final Set<String> policyNames;
    private final Map<String, UpstreamProperties> upstreams;

    /**
     * @param location as in {@code spring.config.location}
     */
    Written(String location) {
        environment
                .getPropertySources()
                .addFirst(
                        new MapPropertySource(
                                "location", Map.of("spring.config.location", location)));
        read();
        this.routes = list(GATEWAY + ".routes", RouteDefinition.class);
        this.defaultFilters = list(GATEWAY + ".default-filters", FilterDefinition.class);
        this.upstreams = map("sluice.upstreams", UpstreamProperties.class);
        this.upstreamIds = map("sluice.upstreams", Object.class).keySet();
        this.policyNames = map("sluice.rate-limits", Object.class).keySet();
    }

    private void read() {
        try {
            ConfigDataEnvironmentPostProcessor.applyTo(
                    environment, new DefaultResourceLoader(), new DefaultBootstrapContext());
        } catch (RuntimeException unreadable) {
            // Told by the rehearsal, with file and line.
            environment.getPropertySources().remove("location");
        }
    }

    private <T> List<T> list(String name, Class<T> type) {
        return bound(name, Bindable.listOf(type), List.of());
    }

    private <T> Map<String, T> map(String name, Class<T> type) {
        return bound(name, Bindable.mapOf(String.class, type), Map.of());
    }

    private <T> T bound(String name, Bindable<T> type, T none) {
        BindResult<T> result =
                Binder.get(environment).bind(name, type, new IgnoreErrorsBindHandler());
        return result.isBound() ? result.get() : none;
    }

    StandardEnvironment environment() {
        return environment;
    }

    List<RouteDefinition> routes() {
        return routes;
    }

    /** The filters of a route, those of all routes first. */
    List<FilterDefinition> filters(RouteDefinition route) {
        List<FilterDefinition> all = new ArrayList<>(defaultFilters);
        all.addAll(route.getFilters());
        return all;
    }

    Set<String> upstreamIds() {
        return upstreamIds;
    }

    Set<String> policyNames() {
        return policyNames;
    }

    /** Those whose settings can be read. */
    Map<String, UpstreamProperties> upstreams() {
        return upstreams;
    }

    List<RouteFacts> facts() {
        return routes.stream()
                .map(
                        route ->
                                new RouteFacts(
                                        String.valueOf(route.getId()),
                                        route.getOrder(),
                                        route.getPredicates().stream().map(Written::fact).toList()))
                .toList();
    }

    private static RouteFacts.Predicate fact(PredicateDefinition predicate) {
        List<String> values = values(predicate.getArgs());
        String name = name(predicate);
        boolean flagged = name.equals("Path") && isFlag(values);
        return new RouteFacts.Predicate(
                name, flagged ? values.subList(0, values.size() - 1) : values);
    }

    static String name(PredicateDefinition predicate) {
        return String.valueOf(predicate.getName());
    }

    static String name(FilterDefinition filter) {
        return String.valueOf(filter.getName());
    }

    static String key(RouteDefinition route) {
        return RouteWarnings.key(String.valueOf(route.getId()));
    }

    private static boolean isFlag(List<String> values) {
        String last = values.isEmpty() ? "" : values.get(values.size() - 1);
        return last.equals("true") || last.equals("false");
    }

    /** The arguments in their order: {@code _genkey_10} stands after {@code _genkey_9}. */
    static List<String> values(Map<String, String> arguments) {
        Map<String, String> sorted =
                new TreeMap<>(
                        (a, b) ->
                                a.length() == b.length()
                                        ? a.compareTo(b)
                                        : Integer.compare(a.length(), b.length()));
        boolean positional = arguments.keySet().stream().allMatch(k -> k.startsWith("_genkey_"));
        sorted.putAll(arguments);
        Collection<String> all = positional ? sorted.values() : arguments.values();
        return all.stream().map(one -> String.valueOf(one).strip()).toList();
    }
}
