package io.sluice.observe.spring;

import io.sluice.pipeline.RequestHeaderRule;
import io.sluice.pipeline.RequestState;
import org.springframework.web.server.ServerWebExchange;

/** Sends the request's id upstream, so that both sides' logs can be joined. */
final class RequestIdHeader implements RequestHeaderRule {

    @Override
    public void apply(ServerWebExchange exchange, Outgoing headers) {
        RequestState state = RequestState.find(exchange);
        if (state != null) {
            headers.set(ObserveFilter.REQUEST_ID, state.requestId());
        }
    }
}
