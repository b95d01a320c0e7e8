package io.sluice.ratelimit.spring;

import io.sluice.pipeline.Explains;
import io.sluice.pipeline.Inline;
import io.sluice.pipeline.RequestState;
import io.sluice.pipeline.Stage;
import io.sluice.problem.Problem;
import io.sluice.problem.spring.ProblemWriter;
import io.sluice.ratelimit.Decision;
import io.sluice.ratelimit.Decision.Source;
import io.sluice.ratelimit.Demand;
import io.sluice.ratelimit.NearestKeys;
import io.sluice.ratelimit.Policy;
import io.sluice.ratelimit.PolicyResult;
import io.sluice.ratelimit.RateLimiter;
import io.sluice.ratelimit.TokenBucket;
import io.sluice.ratelimit.Verdict;
import io.sluice.ratelimit.spring.RateLimitMetrics.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Asks the limiter for one route's policies and answers for it where it denies. */
@Inline
final class RateLimitFilter implements GatewayFilter, Ordered, Explains {

    private static final String RETRY_AFTER = "Retry-After";

    private final String route;
    private final List<Policy> policies;
    private final RateLimiter limiter;
    private final RateLimitMetrics metrics;
    private final Stage stage;
    private final NearestKeys nearest;

    /**
     * @param stage where a request meets it
     */
    RateLimitFilter(
            String route,
            List<Policy> policies,
            RateLimiter limiter,
            RateLimitMetrics metrics,
            Stage stage,
            NearestKeys nearest) {
        this.route = route;
        this.policies = policies;
        this.limiter = limiter;
        this.metrics = metrics;
        this.stage = stage;
        this.nearest = nearest;
    }

    @Override
    public int getOrder() {
        return stage.order();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return Mono.defer(
                () -> {
                    List<Demand> demands = demands(exchange);
                    if (demands.isEmpty()) {
                        RateLimitHeaders.tell(exchange, List.of());
                        return chain.filter(exchange);
                    }
                    return OwnThread.resume(exchange, limiter.decide(demands))
                            .flatMap(verdict -> follow(verdict, exchange, chain));
                });
    }

    @Override
    public Mono<Said> explain(ServerWebExchange exchange) {
        return LimitPreview.of(policies, limiter, new RequestKeys(exchange, route))
                .map(limits -> new Said(limits, exchange));
    }

    @Override
    public String toString() {
        return policies.stream()
                .map(Policy::name)
                .collect(Collectors.joining(", ", "[RateLimit ", "]"));
    }

    /** One for each policy that does not let this request pass by its allow-list. */
    private List<Demand> demands(ServerWebExchange exchange) {
        RequestKeys keys = new RequestKeys(exchange, route);
        List<Demand> demands = new ArrayList<>(policies.size());
        for (Policy policy : policies) {
            String identity = policy.key().identity(keys);
            if (policy.allows(identity)) {
                metrics.exempt(policy);
            } else {
                demands.add(policy.demand(identity, keys));
            }
        }
        return demands;
    }

    private Mono<Void> follow(
            Verdict verdict, ServerWebExchange exchange, GatewayFilterChain chain) {
        RequestState state = RequestState.of(exchange);
        if (verdict instanceof Verdict.Unavailable unavailable) {
            metrics.count(unavailable.policy(), Result.DENIED, Source.LOCAL);
            state.limited(Result.DENIED.label(), Source.LOCAL.label());
            return ProblemWriter.write(exchange, unavailable());
        }
        Decision decision = ((Verdict.Decided) verdict).decision();
        metrics.count(decision.results(), decision.allowed(), decision.source());
        nearest.decided(decision);
        RateLimitHeaders.tell(exchange, decision.results());
        state.limited(label(decision), decision.source().label());
        return decision.allowed()
                ? chain.filter(exchange)
                : ProblemWriter.write(exchange, exceeded(decision.results().get(0)));
    }

    private static String label(Decision decision) {
        if (!decision.allowed()) {
            return Result.DENIED.label();
        }
        boolean shadowed =
                decision.results().stream().anyMatch(r -> r.exceeded() && r.policy().shadow());
        return (shadowed ? Result.SHADOW_DENIED : Result.ALLOWED).label();
    }

    private static Problem exceeded(PolicyResult tightest) {
        Problem problem =
                Problem.of(
                                429,
                                "rate-limit-exceeded",
                                "Too Many Requests",
                                "This request is over a rate limit.")
                        .with("error", "Rate limit exceeded")
                        .with("policy", tightest.policy().name());
        long wait = tightest.retryAfterMicros();
        return wait == TokenBucket.NEVER
                ? problem
                : problem.withHeader(RETRY_AFTER, Long.toString(RateLimitHeaders.seconds(wait)));
    }

    private static Problem unavailable() {
        return Problem.of(
                        503,
                        "rate-limit-store-unavailable",
                        "Service Unavailable",
                        "The rate limit of this route cannot be checked at the moment.")
                .withHeader(RETRY_AFTER, "1");
    }
}
