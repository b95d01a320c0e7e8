package io.sluice.ratelimit.spring;

import io.sluice.auth.Identity;
import io.sluice.pipeline.RequestState;
import io.sluice.ratelimit.KeySource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/** What a request over HTTP offers to be limited by. */
record RequestKeys(ServerWebExchange exchange, String route) implements KeySource {

    private static final String API_KEY = "X-API-Key";

    @Override
    public @Nullable String user() {
        Identity identity = identity();
        // A token without a subject names nobody: all of them would share one bucket.
        return identity == null || identity.subject().isBlank() ? null : identity.subject();
    }

    @Override
    public String ip() {
        RequestState state = RequestState.find(exchange);
        if (state != null && !state.client().isEmpty()) {
            return state.client();
        }
        InetSocketAddress remote = exchange.getRequest().getRemoteAddress();
        InetAddress address = remote == null ? null : remote.getAddress();
        return address == null ? "" : address.getHostAddress();
    }

    @Override
    public @Nullable String apiKey() {
        return header(API_KEY);
    }

    @Override
    public @Nullable String header(String name) {
        return exchange.getRequest().getHeaders().getFirst(name);
    }

    @Override
    public @Nullable String claim(String name) {
        Identity identity = identity();
        Object value = identity == null ? null : identity.claims().get(name);
        return value instanceof String || value instanceof Number || value instanceof Boolean
                ? value.toString()
                : null;
    }

    private @Nullable Identity identity() {
        RequestState state = RequestState.find(exchange);
        return state == null ? null : state.identity();
    }
}
