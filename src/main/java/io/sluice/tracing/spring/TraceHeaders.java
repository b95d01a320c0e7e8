package io.sluice.tracing.spring;

import io.sluice.pipeline.RequestHeaderRule;
import io.sluice.pipeline.RequestState;
import io.sluice.pipeline.Tracing;
import org.springframework.web.server.ServerWebExchange;

/** Sends each attempt's {@code traceparent} and {@code tracestate} upstream. */
final class TraceHeaders implements RequestHeaderRule {

    @Override
    public void apply(ServerWebExchange exchange, Outgoing headers) {
        RequestState state = RequestState.find(exchange);
        Tracing.RequestTrace trace = state == null ? null : state.trace();
        if (trace != null) {
            trace.tell(headers);
        }
    }
}
