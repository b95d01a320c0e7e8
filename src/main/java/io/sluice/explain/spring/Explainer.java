package io.sluice.explain.spring;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import io.sluice.explain.Explanation;
import io.sluice.explain.Explanation.Asked;
import io.sluice.explain.Part;
import io.sluice.explain.RouteChoice;
import io.sluice.explain.Trial;
import io.sluice.pipeline.Explains;
import io.sluice.pipeline.RequestState;
import io.sluice.routing.spring.RouteTrials;
import io.sluice.routing.spring.RouteTrials.Tried;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.server.adapter.DefaultServerWebExchange;
import org.springframework.web.server.i18n.AcceptHeaderLocaleContextResolver;
import org.springframework.web.server.session.DefaultWebSessionManager;
import reactor.core.publisher.Mono;

/**
 * Says what would become of a request. The request goes the way of a real one as far as that
 * decides and leaves no trace: through the filters before the choice of a route, to the predicates,
 * to the filters that explain themselves. Thread-safe.
 */
public final class Explainer {

    /** More routes that do not match than anybody reads. */
    private static final int MOST_NEARER = 100;

    /** Nothing is read or written with them. */
    private static final ServerCodecConfigurer CODECS = ServerCodecConfigurer.create();

    private static final Part.Refusal NO_ROUTE =
            new Part.Refusal(404, "no-route", "no route matches");

    private final List<WebFilter> before;
    private final EarlierMappings earlier;
    private final RouteTrials trials;
    private final RunningFilters filters;

    /**
     * @param before the filters that a request meets before a route is chosen and that decide
     */
    Explainer(
            List<WebFilter> before,
            EarlierMappings earlier,
            RouteTrials trials,
            RunningFilters filters) {
        this.before = List.copyOf(before);
        this.earlier = earlier;
        this.trials = trials;
        this.filters = filters;
    }

    /** The explanation, once for each subscriber. */
    public Mono<Explanation> explain(Question question) {
        return Mono.defer(
                () -> {
                    ServerWebExchange exchange = exchange(question);
                    return passed(exchange)
                            .flatMap(this::inside)
                            .switchIfEmpty(
                                    Mono.fromSupplier(
                                            () -> untried(exchange, refusedEarly(exchange))));
                });
    }

    private static Explanation untried(ServerWebExchange exchange, Part.Refusal answer) {
        return Explanation.unrouted(asked(exchange), RouteChoice.of(List.of(), 0), answer);
    }

    private static ServerWebExchange exchange(Question question) {
        ServerWebExchange exchange =
                new DefaultServerWebExchange(
                        new UnsentRequest(question),
                        new UnsentResponse(),
                        new DefaultWebSessionManager(),
                        CODECS,
                        new AcceptHeaderLocaleContextResolver());
        new RequestState("explain", 0).attachTo(exchange);
        return exchange;
    }

    /** The exchange behind the early filters; empty where one of them has answered. */
    private Mono<ServerWebExchange> passed(ServerWebExchange exchange) {
        AtomicReference<ServerWebExchange> behind = new AtomicReference<>();
        WebFilterChain chain =
                last -> {
                    behind.set(last);
                    return Mono.empty();
                };
        for (int i = before.size() - 1; i >= 0; i--) {
            WebFilter filter = before.get(i);
            WebFilterChain rest = chain;
            chain = one -> filter.filter(one, rest);
        }
        return chain.filter(exchange).then(Mono.fromSupplier(behind::get));
    }

    private static Part.Refusal refusedEarly(ServerWebExchange exchange) {
        HttpStatusCode status = exchange.getResponse().getStatusCode();
        return new Part.Refusal(
                status == null ? 400 : status.value(),
                "refused",
                "refused before a route is chosen: see docs/errors.md");
    }

    private Mono<Explanation> inside(ServerWebExchange exchange) {
        return earlier.answer(exchange)
                .map(answer -> untried(exchange, answer))
                .switchIfEmpty(Mono.defer(() -> trials.of(exchange).flatMap(t -> of(exchange, t))));
    }

    private Mono<Explanation> of(ServerWebExchange exchange, List<Tried> tried) {
        RouteChoice choice = RouteChoice.of(tried.stream().map(Tried::trial).toList(), MOST_NEARER);
        if (choice.winners().isEmpty()) {
            return Mono.just(Explanation.unrouted(asked(exchange), choice, unmatched(tried)));
        }
        String winner = choice.winners().get(0).route();
        Route route =
                tried.stream()
                        .map(Tried::route)
                        .filter(one -> one.getId().equals(winner))
                        .findFirst()
                        .orElseThrow();
        exchange.getAttributes().put(GATEWAY_ROUTE_ATTR, route);
        return trials.settle(route, exchange)
                .then(Mono.defer(() -> parts(filters.explaining(route), exchange)))
                .map(
                        parts ->
                                Explanation.routed(
                                        asked(exchange), choice, filters.of(route), parts));
    }

    /** A predicate that threw is the answer where no route wins. */
    private static Part.Refusal unmatched(List<Tried> tried) {
        return tried.stream()
                .map(Tried::trial)
                .filter(trial -> !trial.holds())
                .map(trial -> trial.steps().get(trial.steps().size() - 1))
                .filter(step -> step.result() == Trial.Result.ERROR)
                .findFirst()
                .map(step -> new Part.Refusal(500, "internal-error", String.valueOf(step.why())))
                .orElse(NO_ROUTE);
    }

    private static Mono<List<Part>> parts(List<Explains> speaking, ServerWebExchange exchange) {
        List<Part> said = new ArrayList<>();
        Mono<ServerWebExchange> way = Mono.just(exchange);
        for (Explains one : speaking) {
            way =
                    way.flatMap(one::explain)
                            .map(
                                    answer -> {
                                        if (answer.part() != null) {
                                            said.add(answer.part());
                                        }
                                        return answer.next();
                                    });
        }
        return way.map(end -> List.copyOf(said));
    }

    private static Asked asked(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        return new Asked(
                request.getMethod().name(),
                request.getURI().getRawPath(),
                request.getHeaders().getFirst(HttpHeaders.HOST),
                RequestState.of(exchange).client());
    }
}
