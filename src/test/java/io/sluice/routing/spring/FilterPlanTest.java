package io.sluice.routing.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.pipeline.Inline;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.filter.AdaptCachedBodyGlobalFilter;
import org.springframework.cloud.gateway.filter.ForwardPathFilter;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.filter.factory.AddRequestHeaderGatewayFilterFactory;
import org.springframework.core.DecoratingProxy;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

class FilterPlanTest {

    private final List<String> seen = new ArrayList<>();
    private final ServerWebExchange exchange =
            MockServerWebExchange.from(MockServerHttpRequest.get("/orders"));

    /** Keeps the promise. */
    @Inline
    private final class Prompt implements GatewayFilter {

        private final String name;

        Prompt(String name) {
            this.name = name;
        }

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
            seen.add(name);
            return chain.filter(exchange);
        }
    }

    private GatewayFilter last() {
        return new Prompt("last");
    }

    private static FilterPlan plan(GatewayFilter... filters) {
        return FilterPlan.of(List.of(filters), true);
    }

    @Test
    void run_filters_runInTheirOrder() {
        plan(new Prompt("one"), new OrderedGatewayFilter(new Prompt("two"), 5), last())
                .run(exchange)
                .block();

        assertThat(seen).containsExactly("one", "two", "last");
    }

    @Test
    void run_filterThatCallsEarly_isFollowedOnlyWhenItsOwnWorkIsDone() {
        GatewayFilter early =
                (ex, chain) ->
                        Mono.<Void>fromRunnable(() -> seen.add("work")).then(chain.filter(ex));

        plan(early, last()).run(exchange).block();

        assertThat(seen).containsExactly("work", "last");
    }

    @Test
    void run_filterThatSubscribesAgain_isFollowedAgain() {
        GatewayFilter twice = (ex, chain) -> chain.filter(ex).repeat(1).then();

        plan(twice, new Prompt("one"), last()).run(exchange).block();

        assertThat(seen).containsExactly("one", "last", "one", "last");
    }

    @Test
    void run_filterThatThrows_isAnErrorThatTheOnesBeforeCanHandle() {
        GatewayFilter throwing =
                (ex, chain) -> {
                    throw new IllegalStateException("thrown");
                };
        GatewayFilter handling =
                (ex, chain) ->
                        chain.filter(ex)
                                .onErrorResume(
                                        error ->
                                                Mono.fromRunnable(
                                                        () -> seen.add(error.getMessage())));

        plan(handling, throwing).run(exchange).block();

        assertThat(seen).containsExactly("thrown");
    }

    @Test
    void of_onlyKnownFilters_leavesOutThoseOfForwardsAndCachedBodies() {
        GatewayFilter header =
                new AddRequestHeaderGatewayFilterFactory()
                        .apply(config -> config.setName("X-A").setValue("b"));

        FilterPlan plan =
                plan(
                        global(new AdaptCachedBodyGlobalFilter()),
                        global(new ForwardPathFilter()),
                        header,
                        last());

        assertThat(plan.size()).isEqualTo(2);
    }

    @Test
    void of_anUnknownFilter_keepsAll() {
        GatewayFilter unknown = (ex, chain) -> chain.filter(ex);

        FilterPlan plan = plan(global(new ForwardPathFilter()), unknown, last());

        assertThat(plan.size()).isEqualTo(3);
    }

    @Test
    void of_predicatesThatMayReadTheBody_keepsAll() {
        FilterPlan plan =
                FilterPlan.of(List.of(global(new AdaptCachedBodyGlobalFilter()), last()), false);

        assertThat(plan.size()).isEqualTo(2);
    }

    private static GatewayFilter global(GlobalFilter filter) {
        return new Adapter(filter);
    }

    /** As Spring Cloud Gateway wraps global filters. */
    private record Adapter(GlobalFilter filter) implements GatewayFilter, DecoratingProxy {

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
            return filter.filter(exchange, chain);
        }

        @Override
        public Class<?> getDecoratedClass() {
            return filter.getClass();
        }
    }
}
