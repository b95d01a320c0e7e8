package peer;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionRepository;
import org.springframework.context.annotation.Bean;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * As many routes as {@code probe.routes} says, each with a path of its own, from a repository: what
 * a gateway costs with them does not depend on how long a file of them takes to read.
 */
@AutoConfiguration(
        beforeName = "org.springframework.cloud.gateway.config.GatewayAutoConfiguration")
@ConditionalOnProperty("probe.routes")
public class GeneratedRoutes {

    @Bean
    RouteDefinitionRepository generated(
            @Value("${probe.routes}") int count, @Value("${probe.uri}") URI uri) {
        List<RouteDefinition> routes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            RouteDefinition route = new RouteDefinition();
            route.setId("r" + i);
            route.setUri(uri);
            route.setPredicates(
                    new ArrayList<>(List.of(new PredicateDefinition("Path=/api/r" + i + "/**"))));
            routes.add(route);
        }
        return new Fixed(List.copyOf(routes));
    }

    private record Fixed(List<RouteDefinition> routes) implements RouteDefinitionRepository {

        @Override
        public Flux<RouteDefinition> getRouteDefinitions() {
            return Flux.fromIterable(routes);
        }

        @Override
        public Mono<Void> save(Mono<RouteDefinition> route) {
            return Mono.error(new UnsupportedOperationException("the routes are fixed"));
        }

        @Override
        public Mono<Void> delete(Mono<String> routeId) {
            return Mono.error(new UnsupportedOperationException("the routes are fixed"));
        }
    }
}
