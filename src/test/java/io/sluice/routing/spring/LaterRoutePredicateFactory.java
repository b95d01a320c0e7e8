package io.sluice.routing.spring;

import java.util.List;
import java.util.function.Predicate;
import org.springframework.cloud.gateway.handler.AsyncPredicate;
import org.springframework.cloud.gateway.handler.predicate.AbstractRoutePredicateFactory;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The odd predicate, with an answer that comes from a publisher. */
final class LaterRoutePredicateFactory
        extends AbstractRoutePredicateFactory<OddRoutePredicateFactory.Config> {

    LaterRoutePredicateFactory() {
        super(OddRoutePredicateFactory.Config.class);
    }

    @Override
    public List<String> shortcutFieldOrder() {
        return List.of("what");
    }

    @Override
    public AsyncPredicate<ServerWebExchange> applyAsync(OddRoutePredicateFactory.Config config) {
        return exchange ->
                Mono.fromCallable(() -> OddRoutePredicateFactory.test(config.getWhat(), exchange));
    }

    @Override
    public Predicate<ServerWebExchange> apply(OddRoutePredicateFactory.Config config) {
        throw new UnsupportedOperationException("only later");
    }

    @Override
    public String name() {
        return "Later";
    }
}
