package io.sluice.routing.spring;

import java.util.List;
import java.util.function.Predicate;
import org.springframework.cloud.gateway.handler.predicate.AbstractRoutePredicateFactory;
import org.springframework.web.server.ServerWebExchange;

/** A predicate that somebody wrote: it holds, looks at a header, or throws where there is one. */
final class OddRoutePredicateFactory
        extends AbstractRoutePredicateFactory<OddRoutePredicateFactory.Config> {

    public static final class Config {
        private String what = "true";

        public void setWhat(String what) {
            this.what = what;
        }

        public String getWhat() {
            return what;
        }
    }

    OddRoutePredicateFactory() {
        super(Config.class);
    }

    @Override
    public List<String> shortcutFieldOrder() {
        return List.of("what");
    }

    @Override
    public Predicate<ServerWebExchange> apply(Config config) {
        return exchange -> test(config.getWhat(), exchange);
    }

    static boolean test(String what, ServerWebExchange exchange) {
        boolean odd = exchange.getRequest().getHeaders().containsHeader("X-Odd");
        return switch (what) {
            case "throw" -> {
                if (odd) {
                    throw new IllegalStateException("odd");
                }
                yield false;
            }
            case "x-v" -> exchange.getRequest().getHeaders().containsHeader("X-V");
            default -> true;
        };
    }

    @Override
    public String name() {
        return "Odd";
    }
}
