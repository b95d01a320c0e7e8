package io.sluice.auth.spring;

import io.sluice.auth.AccessRules;
import io.sluice.auth.AccessRules.Access;
import io.sluice.auth.ApiKeys;
import io.sluice.auth.Identity;
import io.sluice.auth.IdentityHeaders;
import io.sluice.auth.spring.AuthMetrics.Result;
import io.sluice.pipeline.Explains;
import io.sluice.pipeline.Inline;
import io.sluice.pipeline.Stage;
import io.sluice.problem.Problem;
import io.sluice.problem.spring.ProblemWriter;
import java.util.List;
import java.util.Map;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** One route's {@code ApiKeyAuth}. */
@Inline
final class ApiKeyAuthFilter implements GatewayFilter, Ordered, Explains {

    static final String HEADER = "X-API-Key";

    private final AccessRules rules;
    private final ApiKeys keys;
    private final IdentityHeaders headers;
    private final RevocationGate revocations;
    private final AuthMetrics metrics;

    ApiKeyAuthFilter(
            AccessRules rules,
            ApiKeys keys,
            IdentityHeaders headers,
            RevocationGate revocations,
            AuthMetrics metrics) {
        this.rules = rules;
        this.keys = keys;
        this.headers = headers;
        this.revocations = revocations;
        this.metrics = metrics;
    }

    @Override
    public int getOrder() {
        return Stage.AUTHENTICATE.order();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        List<String> values = exchange.getRequest().getHeaders().getOrDefault(HEADER, List.of());
        if (values.isEmpty()) {
            return refuse(exchange, Result.NO_CREDENTIAL, AuthProblems.NO_API_KEY);
        }
        Identity identity = values.size() == 1 ? keys.find(values.get(0)) : null;
        Map<String, String> written = identity == null ? null : headers.of(identity);
        if (identity == null || written == null) {
            return refuse(exchange, Result.INVALID_API_KEY, AuthProblems.NO_API_KEY);
        }
        return revocations.pass(
                exchange,
                identity,
                AuthProblems.NO_API_KEY,
                () -> judged(identity, written, exchange, chain));
    }

    /** Revocations are not asked for. */
    @Override
    public Mono<Said> explain(ServerWebExchange exchange) {
        AuthPreview preview = AuthPreview.of("ApiKeyAuth", rules);
        List<String> values = exchange.getRequest().getHeaders().getOrDefault(HEADER, List.of());
        Identity identity = values.size() == 1 ? keys.find(values.get(0)) : null;
        Map<String, String> written = identity == null ? null : headers.of(identity);
        if (identity == null || written == null) {
            String finding = values.isEmpty() ? "no key" : "not a known key";
            return preview.refused(AuthProblems.NO_API_KEY, finding, exchange);
        }
        String method = exchange.getRequest().getMethod().name();
        return rules.check(identity, method) instanceof Access.Granted
                ? preview.passes(
                        "a known key", Admission.admit(exchange, identity, written, HEADER))
                : preview.refused(
                        AuthProblems.API_KEY_FORBIDDEN,
                        "a known key that does not grant this",
                        exchange);
    }

    private Mono<Void> judged(
            Identity identity,
            Map<String, String> written,
            ServerWebExchange exchange,
            GatewayFilterChain chain) {
        String method = exchange.getRequest().getMethod().name();
        if (!(rules.check(identity, method) instanceof Access.Granted)) {
            return refuse(exchange, Result.INSUFFICIENT_SCOPE, AuthProblems.API_KEY_FORBIDDEN);
        }
        metrics.count(Result.API_KEY);
        return chain.filter(Admission.admit(exchange, identity, written, HEADER));
    }

    private Mono<Void> refuse(ServerWebExchange exchange, Result result, Problem problem) {
        metrics.count(result);
        return ProblemWriter.write(exchange, problem);
    }

    @Override
    public String toString() {
        return "ApiKeyAuth" + rules;
    }
}
