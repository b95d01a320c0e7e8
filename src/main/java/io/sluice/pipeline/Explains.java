package io.sluice.pipeline;

import io.sluice.explain.Part;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * A filter that can tell what it would do with a request. It reads, and changes nothing but the
 * exchange, which was made for this: no token is taken, no lease, no turn, and nothing is counted
 * or sent.
 */
public interface Explains {

    /**
     * What a filter says, and what it makes of the exchange.
     *
     * @param part {@code null} where it has nothing to say
     * @param next the exchange as the filters after it see it
     */
    record Said(@Nullable Part part, ServerWebExchange next) {}

    /**
     * @param exchange with its route and its {@link RequestState}; its response goes nowhere
     */
    Mono<Said> explain(ServerWebExchange exchange);
}
