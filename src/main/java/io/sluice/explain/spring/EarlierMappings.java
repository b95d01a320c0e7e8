package io.sluice.explain.spring;

import io.sluice.explain.Part;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What takes a request before any route is asked: probes, and controllers of an application. */
final class EarlierMappings {

    private final Supplier<List<HandlerMapping>> mappings;

    /**
     * @param mappings in the order in which the dispatcher asks them
     */
    EarlierMappings(Supplier<List<HandlerMapping>> mappings) {
        this.mappings = mappings;
    }

    /** What is answered there; empty where the routes are asked. */
    Mono<Part.Refusal> answer(ServerWebExchange exchange) {
        return Flux.fromIterable(mappings.get())
                .takeWhile(mapping -> !(mapping instanceof RoutePredicateHandlerMapping))
                .concatMap(mapping -> mapping.getHandler(exchange))
                .next()
                .map(
                        handler ->
                                new Part.Refusal(
                                        200, "not-routed", "answered before any route: " + handler))
                .onErrorResume(
                        ResponseStatusException.class,
                        refused ->
                                Mono.just(
                                        new Part.Refusal(
                                                refused.getStatusCode().value(),
                                                "not-routed",
                                                "refused before any route: "
                                                        + refused.getMessage())));
    }
}
