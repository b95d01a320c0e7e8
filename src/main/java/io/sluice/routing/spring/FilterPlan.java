package io.sluice.routing.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/**
 * The filters of one route as they run, worked out once: sorted, without those that have nothing to
 * do there, and each with the chain that it is handed. A chain holds nothing of an exchange, so all
 * requests share them. Immutable.
 */
final class FilterPlan {

    private final List<GatewayFilter> filters;
    private final Link first;

    /**
     * @param sorted all filters that apply to the route, in their order
     * @param proxied whether the route leads to an upstream, and none of its predicates can have
     *     read the request's body
     */
    static FilterPlan of(List<GatewayFilter> sorted, boolean proxied) {
        boolean spare = proxied && sorted.stream().allMatch(FilterTraits::isInline);
        return new FilterPlan(
                spare
                        ? sorted.stream().filter(one -> !FilterTraits.isSpare(one)).toList()
                        : sorted);
    }

    private FilterPlan(List<GatewayFilter> filters) {
        this.filters = List.copyOf(filters);
        Link next = new Link(null, null, false);
        for (int i = filters.size() - 1; i >= 0; i--) {
            boolean called = i == 0 || FilterTraits.isInline(filters.get(i - 1));
            next = new Link(filters.get(i), next, !called);
        }
        this.first = next;
    }

    Mono<Void> run(ServerWebExchange exchange) {
        return first.filter(exchange);
    }

    int size() {
        return filters.size();
    }

    /** What stands behind one filter: the next with its own rest, or the end. */
    private static final class Link implements GatewayFilterChain {

        private final @Nullable GatewayFilter filter;
        private final @Nullable Link rest;
        private final boolean deferred;

        Link(@Nullable GatewayFilter filter, @Nullable Link rest, boolean deferred) {
            this.filter = filter;
            this.rest = rest;
            this.deferred = deferred;
        }

        @Override
        public Mono<Void> filter(ServerWebExchange exchange) {
            return deferred ? Mono.defer(() -> run(exchange)) : run(exchange);
        }

        private Mono<Void> run(ServerWebExchange exchange) {
            GatewayFilter next = filter;
            Link chain = rest;
            if (next == null || chain == null) {
                return Mono.empty();
            }
            try {
                return next.filter(exchange, chain);
            } catch (Throwable e) {
                Exceptions.throwIfFatal(e);
                return Mono.error(e);
            }
        }
    }
}
