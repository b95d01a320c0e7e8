package io.sluice.routing.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.handler.predicate.CookieRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.HeaderRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.HostRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.MethodRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.QueryRoutePredicateFactory;
import org.springframework.cloud.gateway.support.HasConfig;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** A predicate in words, and what of a request it looks at. Stateless. */
final class PredicateText {

    private static final String FACTORY = "RoutePredicateFactory";

    private PredicateText() {}

    /** As it describes itself; by its factory's name where it does not. */
    static String of(Object leaf) {
        String text = String.valueOf(leaf);
        boolean describes =
                !text.contains("$$Lambda") && !text.startsWith(leaf.getClass().getName());
        return describes ? text : name(leaf);
    }

    private static String name(Object leaf) {
        Class<?> factory = leaf.getClass().getNestHost();
        String simple = factory.getSimpleName();
        return simple.endsWith(FACTORY)
                ? simple.substring(0, simple.length() - FACTORY.length())
                : simple;
    }

    /** What the request has where the predicate looks; {@code null} where that is not known. */
    static @Nullable String seen(Object leaf, ServerHttpRequest request) {
        Class<?> factory = leaf.getClass().getEnclosingClass();
        if (factory == PathRoutePredicateFactory.class) {
            return "the path is " + request.getURI().getRawPath();
        }
        if (factory == HostRoutePredicateFactory.class) {
            return has("host", request.getHeaders().getOrEmpty(HttpHeaders.HOST));
        }
        if (factory == MethodRoutePredicateFactory.class) {
            return "the method is " + request.getMethod().name();
        }
        Object config = leaf instanceof HasConfig has ? has.getConfig() : null;
        if (config instanceof HeaderRoutePredicateFactory.Config header) {
            String name = String.valueOf(header.getHeader());
            return has("header " + name, request.getHeaders().getOrEmpty(name));
        }
        if (config instanceof QueryRoutePredicateFactory.Config query) {
            List<String> values = request.getQueryParams().get(query.getParam());
            return has("parameter " + query.getParam(), values == null ? List.of() : values);
        }
        if (config instanceof CookieRoutePredicateFactory.Config cookie) {
            var cookies = request.getCookies().get(cookie.getName());
            List<String> values =
                    cookies == null
                            ? List.of()
                            : cookies.stream().map(one -> one.getValue()).toList();
            return has("cookie " + cookie.getName(), values);
        }
        return null;
    }

    private static String has(String what, List<String> values) {
        return values.isEmpty() ? "no " + what : "the " + what + " is " + String.join(", ", values);
    }
}
