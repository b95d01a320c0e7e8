package io.sluice.edge.spring;

import io.sluice.edge.PathRelaxation;
import io.sluice.edge.PathRules;
import io.sluice.edge.PathVerdict;
import io.sluice.explain.Part;
import io.sluice.pipeline.Explains;
import io.sluice.pipeline.Inline;
import io.sluice.pipeline.RequestState;
import io.sluice.pipeline.Stage;
import io.sluice.problem.Problem;
import io.sluice.problem.spring.ProblemWriter;
import io.sluice.settings.Setting;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Refuses a path with an encoded slash or a semicolon on a route that has not asked for it: the
 * route metadata {@code path-relaxations}, a list of {@link PathRelaxation#text()}. Stateless.
 */
@Inline
final class PathGuard implements GlobalFilter, Ordered, Explains {

    static final String METADATA = "path-relaxations";

    @Override
    public int getOrder() {
        return Stage.CHECK_PATH.order();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        PathVerdict refused = refused(exchange);
        return refused == null
                ? chain.filter(exchange)
                : ProblemWriter.write(exchange, problem(refused));
    }

    @Override
    public Mono<Said> explain(ServerWebExchange exchange) {
        PathVerdict refused = refused(exchange);
        return Mono.just(new Said(refused == null ? null : check(problem(refused)), exchange));
    }

    private static Part.Check check(Problem problem) {
        return new Part.Check(
                new Part.Refusal(problem.status(), problem.error(), problem.detail()));
    }

    private static @Nullable PathVerdict refused(ServerWebExchange exchange) {
        if (RequestState.of(exchange).pathDoubt() == null) {
            return null;
        }
        String path = exchange.getRequest().getURI().getRawPath();
        PathVerdict verdict = PathRules.check(path, relaxations(exchange));
        return verdict.refused() ? verdict : null;
    }

    static Problem problem(PathVerdict verdict) {
        return Problem.of(400, "bad-path", "Bad Request", verdict.detail());
    }

    /** What the exchange's route has asked for. */
    static Set<PathRelaxation> relaxations(ServerWebExchange exchange) {
        Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        Object value = route == null ? null : route.getMetadata().get(METADATA);
        Set<PathRelaxation> asked = value == null ? null : PathRelaxation.parse(text(value));
        return asked == null ? Set.of() : asked;
    }

    /**
     * @throws io.sluice.settings.SettingException when a relaxation is not known
     */
    static void check(Route route) {
        Object value = route.getMetadata().get(METADATA);
        if (value != null) {
            Setting.require(
                    PathRelaxation.parse(text(value)) != null,
                    "spring.cloud.gateway.server.webflux.routes["
                            + route.getId()
                            + "].metadata."
                            + METADATA,
                    value,
                    "encoded-slash, semicolon, or both");
        }
    }

    /** A list in YAML arrives as a map from index to element. */
    private static String text(@Nullable Object value) {
        Object items = value instanceof Map<?, ?> map ? map.values() : value;
        return items instanceof Collection<?> many
                ? many.stream().map(String::valueOf).collect(Collectors.joining(","))
                : String.valueOf(items);
    }
}
