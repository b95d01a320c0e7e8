package io.sluice.auth.spring;

import io.sluice.auth.AccessRules;
import io.sluice.auth.Requirements;
import io.sluice.explain.Part;
import io.sluice.explain.Part.Authentication;
import io.sluice.pipeline.Explains.Said;
import io.sluice.problem.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Words an authentication filter's rules and findings for an explanation. Immutable. */
record AuthPreview(String filter, Map<String, Object> asks, boolean optional) {

    static AuthPreview of(String filter, AccessRules rules) {
        Map<String, Object> asks = asks(rules.always());
        Map<String, Object> methods = new LinkedHashMap<>();
        rules.byMethod().forEach((method, more) -> methods.put(method, asks(more)));
        put(asks, "methods", methods, methods.isEmpty());
        return new AuthPreview(filter, asks, rules.optional());
    }

    private static Map<String, Object> asks(Requirements rules) {
        Map<String, Object> asks = new LinkedHashMap<>();
        put(asks, "scopes", rules.scopes(), rules.scopes().isEmpty());
        put(asks, "anyScope", rules.anyScope(), rules.anyScope().isEmpty());
        put(asks, "roles", rules.roles(), rules.roles().isEmpty());
        put(asks, "anyRole", rules.anyRole(), rules.anyRole().isEmpty());
        put(asks, "claims", rules.claims(), rules.claims().isEmpty());
        put(asks, "audiences", rules.audiences(), rules.audiences().isEmpty());
        return asks;
    }

    private static void put(Map<String, Object> asks, String name, Object value, boolean absent) {
        if (!absent) {
            asks.put(name, value);
        }
    }

    Mono<Said> passes(String finding, ServerWebExchange next) {
        return Mono.just(new Said(new Authentication(filter, asks, optional, finding, null), next));
    }

    Mono<Said> refused(Problem problem, String finding, ServerWebExchange exchange) {
        Part.Refusal refusal = new Part.Refusal(problem.status(), problem.error(), finding);
        return Mono.just(
                new Said(new Authentication(filter, asks, optional, finding, refusal), exchange));
    }
}
