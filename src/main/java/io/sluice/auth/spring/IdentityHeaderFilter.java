package io.sluice.auth.spring;

import io.sluice.auth.ConnectionOptions;
import io.sluice.auth.IdentityHeaders;
import io.sluice.pipeline.ActiveConfiguration;
import io.sluice.pipeline.Inline;
import io.sluice.pipeline.RequestState;
import io.sluice.pipeline.Stage;
import io.sluice.pipeline.TrafficPort;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Removes identity headers from every request to the traffic port, whatever its route, and settles
 * its {@code Connection} header, so that neither can speak in the gateway's name later. A request
 * that has nothing of the kind is passed on as it is, uncopied.
 */
@Inline
final class IdentityHeaderFilter implements WebFilter, Ordered {

    private final ActiveConfiguration active;
    private final TrafficPort traffic;

    IdentityHeaderFilter(ActiveConfiguration active, TrafficPort traffic) {
        this.active = active;
        this.traffic = traffic;
    }

    @Override
    public int getOrder() {
        return Stage.STRIP_IDENTITY.order();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!traffic.carries(exchange)) {
            return chain.filter(exchange);
        }
        HttpHeaders inbound = exchange.getRequest().getHeaders();
        IdentityHeaders headers =
                RequestState.of(exchange).configuration(active).get(AuthRules.PART).headers();
        List<String> removed = protectedNames(headers, inbound);
        List<String> connection = inbound.getOrDefault(HttpHeaders.CONNECTION, List.of());
        ConnectionOptions options = ConnectionOptions.settle(connection);
        if (removed.isEmpty() && options == null) {
            return chain.filter(exchange);
        }
        ServerHttpRequest cleaned =
                exchange.getRequest().mutate().headers(all -> clean(all, removed, options)).build();
        return chain.filter(exchange.mutate().request(cleaned).build());
    }

    private static List<String> protectedNames(IdentityHeaders headers, HttpHeaders inbound) {
        if (headers.isEmpty()) {
            return List.of();
        }
        List<String> names = null;
        for (String name : inbound.headerNames()) {
            if (headers.protects(name)) {
                names = names == null ? new ArrayList<>(2) : names;
                names.add(name);
            }
        }
        return names == null ? List.of() : names;
    }

    private static void clean(
            HttpHeaders all, List<String> removed, @Nullable ConnectionOptions options) {
        removed.forEach(all::remove);
        if (options == null) {
            return;
        }
        options.named().forEach(all::remove);
        if (options.kept().isEmpty()) {
            all.remove(HttpHeaders.CONNECTION);
        } else {
            all.set(HttpHeaders.CONNECTION, options.kept());
        }
    }
}
