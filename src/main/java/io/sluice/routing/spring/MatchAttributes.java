package io.sluice.routing.spring;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_PREDICATE_MATCHED_PATH_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_PREDICATE_MATCHED_PATH_ROUTE_ID_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.URI_TEMPLATE_VARIABLES_ATTRIBUTE;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * What path and host predicates write into an exchange when they hold. A route that is rejected
 * after all leaves none of it behind, as it depends on the index whether it is tested at all.
 */
record MatchAttributes(
        @Nullable Object variables, @Nullable Object path, @Nullable Object pathRoute) {

    static MatchAttributes of(ServerWebExchange exchange) {
        Map<String, Object> attributes = exchange.getAttributes();
        return new MatchAttributes(
                attributes.get(URI_TEMPLATE_VARIABLES_ATTRIBUTE),
                attributes.get(GATEWAY_PREDICATE_MATCHED_PATH_ATTR),
                attributes.get(GATEWAY_PREDICATE_MATCHED_PATH_ROUTE_ID_ATTR));
    }

    void restore(ServerWebExchange exchange) {
        Map<String, Object> attributes = exchange.getAttributes();
        set(attributes, URI_TEMPLATE_VARIABLES_ATTRIBUTE, variables);
        set(attributes, GATEWAY_PREDICATE_MATCHED_PATH_ATTR, path);
        set(attributes, GATEWAY_PREDICATE_MATCHED_PATH_ROUTE_ID_ATTR, pathRoute);
    }

    private static void set(Map<String, Object> attributes, String name, @Nullable Object value) {
        Object now = attributes.get(name);
        if (now == value) {
            return;
        }
        if (value == null) {
            attributes.remove(name);
        } else {
            attributes.put(name, value);
        }
    }
}
