package io.sluice.proxy.spring;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import io.sluice.pipeline.Inline;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Puts the route's address in front of the request's path and query. Where these have nothing that
 * Spring Cloud Gateway's filter would write in another way, they are joined as they are; all others
 * are left to that filter. Stateless.
 */
@Inline
final class TargetUrlFilter extends RouteToRequestUrlFilter {

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Route route = exchange.getAttribute(GATEWAY_ROUTE_ATTR);
        URI request = exchange.getRequest().getURI();
        if (route == null || route.getUri().getHost() == null || !isPlain(request)) {
            return super.filter(exchange, chain);
        }
        exchange.getAttributes().put(GATEWAY_REQUEST_URL_ATTR, joined(route.getUri(), request));
        return chain.filter(exchange);
    }

    private static URI joined(URI route, URI request) {
        StringBuilder text = new StringBuilder(96);
        text.append(route.getScheme()).append("://").append(route.getHost());
        if (route.getPort() >= 0) {
            text.append(':').append(route.getPort());
        }
        text.append(request.getRawPath());
        if (request.getRawQuery() != null) {
            text.append('?').append(request.getRawQuery());
        }
        return URI.create(text.toString());
    }

    static boolean isPlain(URI request) {
        String path = request.getRawPath();
        return path != null
                && path.startsWith("/")
                && isPlainPath(path)
                && isPlainQuery(request.getRawQuery())
                && request.getRawUserInfo() == null
                && request.getRawFragment() == null;
    }

    /** That filter merges slashes, and looks at what is encoded. */
    private static boolean isPlainPath(String path) {
        for (int i = 1; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%' || c > '~' || (c == '/' && path.charAt(i - 1) == '/')) {
                return false;
            }
        }
        return true;
    }

    /** That filter drops parameters without a name. */
    private static boolean isPlainQuery(@Nullable String query) {
        if (query == null) {
            return true;
        }
        char before = '&';
        for (int i = 0; i < query.length(); i++) {
            char c = query.charAt(i);
            if (c == '%' || c > '~' || (before == '&' && (c == '&' || c == '='))) {
                return false;
            }
            before = c;
        }
        return before != '&';
    }
}
