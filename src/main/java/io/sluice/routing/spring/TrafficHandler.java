package io.sluice.routing.spring;

import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.adapter.DefaultServerWebExchange;
import org.springframework.web.server.adapter.HttpWebHandlerAdapter;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * The short way of a request to its route: the same web filters, the same exchange and the same
 * filters of the route as on Spring's way, without the search through handler mappings that cannot
 * answer and without an observation that nobody reads. What else Spring's way is for, such as
 * cross-origin requests, probes, an application's own controllers and requests without a route,
 * goes there. Thread-safe.
 */
final class TrafficHandler implements HttpHandler {

    private static final Logger LOG = LoggerFactory.getLogger(TrafficHandler.class);

    private final HttpWebHandlerAdapter stock;
    private final DispatcherHandler dispatcher;
    private final IndexedRouteMapping mapping;
    private final WebHandler plannedFilters;
    private final Set<String> elsewhere;
    private final List<WebExceptionHandler> errors;
    private final WebHandler way;

    /**
     * @param stock Spring's way
     * @param elsewhere paths that a handler mapping in front of the routes answers
     */
    TrafficHandler(
            HttpWebHandlerAdapter stock,
            DispatcherHandler dispatcher,
            IndexedRouteMapping mapping,
            WebHandler plannedFilters,
            Set<String> elsewhere,
            List<WebFilter> filters,
            List<WebExceptionHandler> errors) {
        this.stock = stock;
        this.dispatcher = dispatcher;
        this.mapping = mapping;
        this.plannedFilters = plannedFilters;
        this.elsewhere = Set.copyOf(elsewhere);
        this.errors = List.copyOf(errors);
        this.way = WebFilterLinks.of(filters, this::routed);
    }

    @Override
    public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
        if (!isOrdinary(request)) {
            return stock.handle(request, response);
        }
        ServerWebExchange exchange =
                new DefaultServerWebExchange(
                        request,
                        response,
                        stock.getSessionManager(),
                        stock.getCodecConfigurer(),
                        stock.getLocaleContextResolver(),
                        stock.getApplicationContext());
        return way.handle(exchange)
                .onErrorResume(error -> failed(exchange, error))
                .then(Mono.defer(() -> finish(exchange)));
    }

    /** Another spelling of a path might be that of a probe. */
    private boolean isOrdinary(ServerHttpRequest request) {
        String path = request.getURI().getRawPath();
        return request.getHeaders().getFirst(HttpHeaders.ORIGIN) == null
                && path.indexOf('%') < 0
                && path.indexOf(';') < 0
                && !elsewhere.contains(path);
    }

    private Mono<Void> routed(ServerWebExchange exchange) {
        return mapping.immediate(exchange) == null
                ? dispatcher.handle(exchange)
                : Mono.deferContextual(context -> filtered(exchange, context));
    }

    private Mono<Void> filtered(ServerWebExchange exchange, ContextView context) {
        mapping.note(exchange, context);
        return plannedFilters.handle(exchange);
    }

    private Mono<Void> finish(ServerWebExchange exchange) {
        return exchange.cleanupMultipart().then(Mono.defer(exchange.getResponse()::setComplete));
    }

    /** As Spring has it: one handler after the other, each with what the one before made of it. */
    private Mono<Void> failed(ServerWebExchange exchange, Throwable error) {
        Mono<Void> outcome = Mono.error(error);
        for (WebExceptionHandler handler : errors) {
            outcome = outcome.onErrorResume(next -> handler.handle(exchange, next));
        }
        return outcome.onErrorResume(last -> unanswered(exchange, last));
    }

    private static Mono<Void> unanswered(ServerWebExchange exchange, Throwable error) {
        if (exchange.getResponse().setStatusCode(HttpStatus.INTERNAL_SERVER_ERROR)) {
            LOG.error("{}answered by 500", exchange.getLogPrefix(), error);
            return Mono.empty();
        }
        return Mono.error(error);
    }
}
