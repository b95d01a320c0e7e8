package io.sluice.auth.spring;

import io.sluice.auth.Identity;
import io.sluice.pipeline.AmendedRequest;
import io.sluice.pipeline.RequestState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Lets an exchange go on in the name of a verified identity. */
final class Admission {

    /** The identity headers that were written so far. */
    private static final String WRITTEN = Admission.class.getName();

    private Admission() {}

    /**
     * The exchange with this identity as its principal and in its request state.
     *
     * @param headers identity headers for the upstream
     * @param removed the header that carried the credential, or empty where it may go on
     */
    static ServerWebExchange admit(
            ServerWebExchange exchange,
            Identity identity,
            Map<String, String> headers,
            String removed) {
        RequestState.of(exchange).identity(identity);
        ServerWebExchange.Builder admitted =
                exchange.mutate().principal(Mono.just(new IdentityPrincipal(identity)));
        // A route with two filters sends the last one's identity, and nothing of the first.
        Set<String> outdated = exchange.getAttributeOrDefault(WRITTEN, Set.of());
        if (!headers.isEmpty() || !removed.isEmpty() || !outdated.isEmpty()) {
            admitted.request(rewrite(exchange.getRequest(), headers, removed, outdated));
            exchange.getAttributes().put(WRITTEN, headers.keySet());
        }
        return admitted.build();
    }

    /** The exchange in nobody's name, without the credential that was not looked at. */
    static ServerWebExchange anonymous(ServerWebExchange exchange, String removed) {
        boolean clean =
                removed.isEmpty() || !exchange.getRequest().getHeaders().containsHeader(removed);
        return clean
                ? exchange
                : exchange.mutate()
                        .request(rewrite(exchange.getRequest(), Map.of(), removed, Set.of()))
                        .build();
    }

    private static ServerHttpRequest rewrite(
            ServerHttpRequest request,
            Map<String, String> headers,
            String removed,
            Set<String> outdated) {
        List<String> gone = new ArrayList<>(outdated);
        if (!removed.isEmpty()) {
            gone.add(removed);
        }
        return AmendedRequest.of(request, gone, headers);
    }
}
