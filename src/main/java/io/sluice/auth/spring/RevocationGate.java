package io.sluice.auth.spring;

import io.netty.channel.Channel;
import io.sluice.auth.Identity;
import io.sluice.auth.Standing.Answer;
import io.sluice.auth.spring.AuthMetrics.Result;
import io.sluice.pipeline.ClientConnection;
import io.sluice.problem.Problem;
import io.sluice.problem.spring.ProblemWriter;
import java.util.function.Supplier;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** One route's rule on what is revoked. */
final class RevocationGate {

    private final RevocationCheck check;
    private final boolean passesUnknown;
    private final AuthMetrics metrics;

    /**
     * @param passesUnknown whether a request passes while the store cannot be asked
     */
    RevocationGate(RevocationCheck check, boolean passesUnknown, AuthMetrics metrics) {
        this.check = check;
        this.passesUnknown = passesUnknown;
        this.metrics = metrics;
    }

    /**
     * Goes on, unless the identity is revoked or that cannot be told and the route wants to know.
     *
     * @param revoked the answer to one that is revoked
     */
    Mono<Void> pass(
            ServerWebExchange exchange,
            Identity identity,
            Problem revoked,
            Supplier<Mono<Void>> next) {
        Answer known = check.now(identity);
        return known != null
                ? pass(exchange, known, revoked, next)
                : answer(exchange, identity)
                        .flatMap(answer -> pass(exchange, answer, revoked, next));
    }

    /** On the request's own event loop; the thread of the store's connection is one for all. */
    private Mono<Answer> answer(ServerWebExchange exchange, Identity identity) {
        Mono<Answer> answer = check.ask(identity);
        Channel channel = ClientConnection.channel(exchange.getRequest());
        return channel == null
                ? answer
                : answer.publishOn(Schedulers.fromExecutor(channel.eventLoop()));
    }

    private Mono<Void> pass(
            ServerWebExchange exchange, Answer answer, Problem revoked, Supplier<Mono<Void>> next) {
        return switch (answer) {
            case CLEAR -> next.get();
            case REVOKED -> refuse(exchange, Result.REVOKED, revoked);
            case UNKNOWN -> {
                if (passesUnknown) {
                    metrics.count(Result.REVOCATION_SKIPPED);
                    yield next.get();
                }
                yield refuse(
                        exchange,
                        Result.REVOCATIONS_UNAVAILABLE,
                        AuthProblems.REVOCATIONS_UNAVAILABLE);
            }
        };
    }

    private Mono<Void> refuse(ServerWebExchange exchange, Result result, Problem problem) {
        metrics.count(result);
        return ProblemWriter.write(exchange, problem);
    }
}
