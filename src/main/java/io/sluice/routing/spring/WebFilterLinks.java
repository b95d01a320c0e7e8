package io.sluice.routing.spring;

import java.util.List;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.server.WebHandler;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/**
 * Web filters with the chain that each is handed, as {@link FilterPlan} has it for the filters of a
 * route: made once, shared by all requests.
 */
final class WebFilterLinks {

    private WebFilterLinks() {}

    /** The way through all filters, in the order given, to the handler. */
    static WebHandler of(List<WebFilter> filters, WebHandler handler) {
        WebFilterChain next = caught(handler);
        for (int i = filters.size() - 1; i >= 0; i--) {
            WebFilter filter = filters.get(i);
            WebFilterChain rest = next;
            WebFilterChain here = caught(exchange -> filter.filter(exchange, rest));
            boolean called = i == 0 || FilterTraits.isInline(filters.get(i - 1));
            next = called ? here : exchange -> Mono.defer(() -> here.filter(exchange));
        }
        WebFilterChain first = next;
        return first::filter;
    }

    /** What is thrown becomes the outcome, as it would inside of a publisher. */
    private static WebFilterChain caught(WebHandler handler) {
        return exchange -> {
            try {
                return handler.handle(exchange);
            } catch (Throwable e) {
                Exceptions.throwIfFatal(e);
                return Mono.error(e);
            }
        };
    }
}
