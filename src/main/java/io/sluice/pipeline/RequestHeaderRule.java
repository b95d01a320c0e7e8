package io.sluice.pipeline;

import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/**
 * What the gateway itself says to an upstream in headers, in a form that needs no copy: the proxy
 * hands in the very headers that it is about to send. Spring Cloud Gateway's own callers, such as
 * its WebSocket filter, see an ordinary filter. Implementations are thread-safe.
 */
public interface RequestHeaderRule extends HttpHeadersFilter {

    /** Headers under way to an upstream. Names are compared without regard to case. */
    interface Outgoing {

        /** Replaces all values of the name by this one. */
        void set(String name, String value);

        void remove(String name);
    }

    /** Says what is to be said of this exchange, over whatever stands there. */
    void apply(ServerWebExchange exchange, Outgoing headers);

    @Override
    default boolean supports(Type type) {
        return type == Type.REQUEST;
    }

    @Override
    default HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        HttpHeaders headers = new HttpHeaders();
        headers.addAll(input);
        apply(
                exchange,
                new Outgoing() {
                    @Override
                    public void set(String name, String value) {
                        headers.set(name, value);
                    }

                    @Override
                    public void remove(String name) {
                        headers.remove(name);
                    }
                });
        return headers;
    }
}
