package io.sluice.problem.spring;

import io.sluice.pipeline.RequestState;
import io.sluice.problem.Problem;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * The last word on every exception: the client gets a fixed problem, never a class name, a message
 * of a library or an address. Stateless.
 */
final class ProblemExceptionHandler implements ErrorWebExceptionHandler, Ordered {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemExceptionHandler.class);

    /** Before Spring Boot's (-1) and Spring's own (0). */
    private static final int ORDER = -2;

    private final Function<Throwable, @Nullable Problem> upstreamProblems;

    ProblemExceptionHandler(Function<Throwable, @Nullable Problem> upstreamProblems) {
        this.upstreamProblems = upstreamProblems;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
        if (exchange.getResponse().isCommitted()) {
            // The head is out: only cutting the connection can tell the client.
            LOG.warn(
                    "request {} broke off after its head: {}",
                    RequestState.of(exchange).requestId(),
                    error.toString());
            return Mono.error(error);
        }
        Problem problem = problem(exchange, error);
        if (problem.status() == HttpStatus.INTERNAL_SERVER_ERROR.value()) {
            LOG.error("request {} failed", RequestState.of(exchange).requestId(), error);
        } else {
            LOG.debug(
                    "request {}: {} ({})",
                    RequestState.of(exchange).requestId(),
                    problem.error(),
                    error.toString());
        }
        // What the upstream's answer brought so far is not the problem's; its connection ends.
        ServerWebExchangeUtils.reset(exchange);
        return ProblemWriter.write(exchange, problem);
    }

    private Problem problem(ServerWebExchange exchange, Throwable error) {
        if (error instanceof ProblemException known) {
            return known.problem();
        }
        if (error instanceof ErrorResponse own && own.getStatusCode().is4xxClientError()) {
            return Problems.ofStatus(own.getStatusCode().value(), isRouted(exchange));
        }
        boolean routed = isRouted(exchange);
        if (error instanceof DataBufferLimitException) {
            return Problems.ofStatus(isAnswered(exchange) ? 502 : 413, routed);
        }
        if (routed) {
            Problem upstream = upstreamProblems.apply(error);
            if (upstream != null) {
                return upstream;
            }
        }
        return Problems.ofStatus(statusOf(error), routed);
    }

    /** Whose body a filter keeps: the client's, or once there is an answer the upstream's. */
    private static boolean isAnswered(ServerWebExchange exchange) {
        return exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR) != null;
    }

    private static boolean isRouted(ServerWebExchange exchange) {
        return exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR) != null;
    }

    private static int statusOf(Throwable error) {
        if (error instanceof ErrorResponse response) {
            return response.getStatusCode().value();
        }
        return HttpStatus.INTERNAL_SERVER_ERROR.value();
    }
}
