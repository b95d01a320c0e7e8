package io.sluice.observe.spring;

import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;

/** The exchange with the counting response in place of its own. */
final class ObservedExchange extends ServerWebExchangeDecorator {

    private final ServerHttpResponse response;

    ObservedExchange(ServerWebExchange delegate, ServerHttpResponse response) {
        super(delegate);
        this.response = response;
    }

    @Override
    public ServerHttpResponse getResponse() {
        return response;
    }
}
