package io.sluice.auth.spring;

import io.sluice.auth.Identity;
import io.sluice.auth.Standing.Answer;
import io.sluice.auth.spring.AuthMetrics.Result;
import io.sluice.problem.Problem;
import io.sluice.problem.spring.ProblemWriter;
import java.util.function.Supplier;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

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
                : check.ask(identity).flatMap(answer -> pass(exchange, answer, revoked, next));
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
