package io.sluice.auth.spring;

import io.sluice.auth.AccessRules;
import io.sluice.auth.AccessRules.Access;
import io.sluice.auth.Credential;
import io.sluice.auth.Reason;
import io.sluice.auth.Verification;
import io.sluice.auth.spring.AuthMetrics.Result;
import io.sluice.pipeline.Explains;
import io.sluice.pipeline.Inline;
import io.sluice.pipeline.Stage;
import io.sluice.problem.Problem;
import io.sluice.problem.spring.ProblemWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** One route's {@code JwtAuth}: lets through what carries a good enough token. */
@Inline
final class JwtAuthFilter implements GatewayFilter, Ordered, Explains {

    private final AccessRules rules;
    private final TokenCheck check;
    private final RevocationGate revocations;
    private final AuthMetrics metrics;
    private final String removed;

    JwtAuthFilter(
            AccessRules rules,
            TokenCheck check,
            RevocationGate revocations,
            AuthMetrics metrics,
            boolean forwardToken) {
        this.rules = rules;
        this.check = check;
        this.revocations = revocations;
        this.metrics = metrics;
        this.removed = forwardToken ? "" : HttpHeaders.AUTHORIZATION;
    }

    @Override
    public int getOrder() {
        return Stage.AUTHENTICATE.order();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Credential credential = credential(exchange);
        if (credential instanceof Credential.Bearer bearer) {
            return bearer(bearer.token(), exchange, chain);
        }
        if (credential instanceof Credential.None) {
            return none(exchange, chain);
        }
        return credential instanceof Credential.Several
                ? refuse(exchange, Result.INVALID_REQUEST, AuthProblems.SEVERAL)
                : refuse(exchange, Result.INVALID_TOKEN, AuthProblems.badToken(Reason.MALFORMED));
    }

    /** Revocations are not asked for. */
    @Override
    public Mono<Said> explain(ServerWebExchange exchange) {
        AuthPreview preview = AuthPreview.of("JwtAuth", rules);
        Credential credential = credential(exchange);
        if (credential instanceof Credential.Bearer bearer) {
            return explained(check.preview(bearer.token()), preview, exchange);
        }
        if (credential instanceof Credential.None) {
            return rules.admitsAnonymous(exchange.getRequest().getMethod().name())
                    ? preview.passes("no token; passes", Admission.anonymous(exchange, removed))
                    : preview.refused(AuthProblems.NO_TOKEN, "no token", exchange);
        }
        return credential instanceof Credential.Several
                ? preview.refused(AuthProblems.SEVERAL, "more than one credential", exchange)
                : preview.refused(
                        AuthProblems.badToken(Reason.MALFORMED), "malformed token", exchange);
    }

    private Mono<Said> explained(
            @Nullable Verification known, AuthPreview preview, ServerWebExchange exchange) {
        if (known instanceof Verification.Verified verified) {
            Problem problem = problem(verified, exchange);
            return problem == null
                    ? preview.passes(
                            "a good token",
                            Admission.admit(
                                    exchange, verified.identity(), verified.headers(), removed))
                    : preview.refused(problem, "a good token that does not grant this", exchange);
        }
        return known instanceof Verification.Refused refused
                ? preview.refused(
                        AuthProblems.badToken(refused.reason()), refused.reason().text(), exchange)
                : preview.passes("not checked: the issuer would have to be asked", exchange);
    }

    private static Credential credential(ServerWebExchange exchange) {
        List<String> values =
                exchange.getRequest()
                        .getHeaders()
                        .getOrDefault(HttpHeaders.AUTHORIZATION, List.of());
        return Credential.of(values, hasTokenInQuery(exchange));
    }

    private static boolean hasTokenInQuery(ServerWebExchange exchange) {
        return exchange.getRequest().getURI().getRawQuery() != null
                && exchange.getRequest().getQueryParams().containsKey("access_token");
    }

    private Mono<Void> none(ServerWebExchange exchange, GatewayFilterChain chain) {
        if (rules.admitsAnonymous(exchange.getRequest().getMethod().name())) {
            metrics.count(Result.ANONYMOUS);
            return chain.filter(Admission.anonymous(exchange, removed));
        }
        return refuse(exchange, Result.NO_CREDENTIAL, AuthProblems.NO_TOKEN);
    }

    private Mono<Void> bearer(String token, ServerWebExchange exchange, GatewayFilterChain chain) {
        Verification.Verified known = check.known(token);
        if (known != null) {
            return verified(known, Result.CACHED, exchange, chain);
        }
        return check.check(token).flatMap(outcome -> unknown(outcome, exchange, chain));
    }

    private Mono<Void> unknown(
            Verification outcome, ServerWebExchange exchange, GatewayFilterChain chain) {
        if (outcome instanceof Verification.Verified verified) {
            return verified(verified, Result.VERIFIED, exchange, chain);
        }
        if (outcome instanceof Verification.Refused refused) {
            return refuse(exchange, Result.INVALID_TOKEN, AuthProblems.badToken(refused.reason()));
        }
        Verification.Unavailable unavailable = (Verification.Unavailable) outcome;
        return refuse(
                exchange,
                Result.KEYS_UNAVAILABLE,
                AuthProblems.unavailable(unavailable.retryAfter()));
    }

    private Mono<Void> verified(
            Verification.Verified verified,
            Result result,
            ServerWebExchange exchange,
            GatewayFilterChain chain) {
        return revocations.pass(
                exchange,
                verified.identity(),
                AuthProblems.REVOKED,
                () -> judged(verified, result, exchange, chain));
    }

    private Mono<Void> judged(
            Verification.Verified verified,
            Result result,
            ServerWebExchange exchange,
            GatewayFilterChain chain) {
        Problem problem = problem(verified, exchange);
        if (problem == null) {
            metrics.count(result);
            return chain.filter(
                    Admission.admit(exchange, verified.identity(), verified.headers(), removed));
        }
        boolean badToken = problem.status() == 401;
        return refuse(
                exchange, badToken ? Result.INVALID_TOKEN : Result.INSUFFICIENT_SCOPE, problem);
    }

    /** Why this route refuses a verified identity, or {@code null}. */
    private @Nullable Problem problem(Verification.Verified verified, ServerWebExchange exchange) {
        Access access = rules.check(verified.identity(), exchange.getRequest().getMethod().name());
        if (access instanceof Access.Granted) {
            return null;
        }
        if (access instanceof Access.WrongAudience) {
            return AuthProblems.badToken(Reason.WRONG_AUDIENCE);
        }
        return access instanceof Access.ScopeMissing missing
                ? AuthProblems.scope(missing.wanted())
                : AuthProblems.NOT_ENTITLED;
    }

    private Mono<Void> refuse(ServerWebExchange exchange, Result result, Problem problem) {
        metrics.count(result);
        return ProblemWriter.write(exchange, problem);
    }

    @Override
    public String toString() {
        return "JwtAuth" + rules;
    }
}
