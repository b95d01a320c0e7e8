package io.sluice.observe.spring;

import io.sluice.pipeline.RequestState;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/** Sends the request's id upstream, so that both sides' logs can be joined. */
final class RequestIdHeader implements HttpHeadersFilter {

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        RequestState state = RequestState.find(exchange);
        if (state == null || state.requestId().equals(input.getFirst(ObserveFilter.REQUEST_ID))) {
            return input;
        }
        HttpHeaders headers = new HttpHeaders();
        headers.addAll(input);
        headers.set(ObserveFilter.REQUEST_ID, state.requestId());
        return headers;
    }
}
