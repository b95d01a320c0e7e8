package io.sluice.routing.spring;

import io.sluice.pipeline.ActiveConfiguration;
import io.sluice.pipeline.RouteCheck;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.cloud.gateway.config.GatewayAutoConfiguration;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.CompositeRouteLocator;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteDefinitionRouteLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.accept.ApiVersionStrategy;
import reactor.core.publisher.Flux;

/**
 * The route table in place of Spring Cloud Gateway's cache, and the indexed mapping in place of its
 * scan. Either stays Spring's, or the application's, where one is already defined.
 */
@AutoConfiguration(before = GatewayAutoConfiguration.class)
@ConditionalOnProperty(name = "sluice.routing.index.enabled", matchIfMissing = true)
class RoutingAutoConfiguration {

    private static final String GATEWAY = "spring.cloud.gateway.server.webflux.";

    @Bean
    RouteThread routeThread() {
        return new RouteThread();
    }

    @Bean
    @SuppressWarnings("rawtypes") // as Spring Cloud Gateway declares them
    DefinitionRoutes definitionRoutes(
            RouteDefinitionLocator definitions,
            List<RoutePredicateFactory> predicates,
            List<GatewayFilterFactory> filters,
            GatewayProperties properties,
            ConfigurationService configuration,
            RouteThread thread) {
        return new DefinitionRoutes(
                definitions, predicates, filters, properties, configuration, thread.scheduler());
    }

    @Bean
    @Primary
    @ConditionalOnMissingBean(name = "cachedCompositeRouteLocator")
    RouteTable cachedCompositeRouteLocator(
            List<RouteLocator> locators,
            @Qualifier("routeDefinitionRouteLocator") RouteLocator stock,
            DefinitionRoutes ours,
            RouteThread thread,
            ApplicationEventPublisher publisher,
            ActiveConfiguration active) {
        boolean replaced = stock.getClass() == RouteDefinitionRouteLocator.class;
        List<RouteLocator> sources =
                locators.stream()
                        .map(one -> replaced && one == stock ? ours.locator() : one)
                        .toList();
        return new RouteTable(
                new CompositeRouteLocator(Flux.fromIterable(sources)), thread, publisher, active);
    }

    @Bean
    @ConditionalOnBean(RouteTable.class)
    DraftRoutes draftRoutes(
            RouteTable table,
            DefinitionRoutes definitions,
            GatewayProperties properties,
            ActiveConfiguration active,
            ObjectProvider<RouteCheck> checks) {
        return new DraftRoutes(table, definitions, properties, active, checks);
    }

    @Bean
    @ConditionalOnBean(RouteTable.class)
    @ConditionalOnMissingBean(RoutePredicateHandlerMapping.class)
    IndexedRouteMapping routePredicateHandlerMapping(
            FilteringWebHandler webHandler,
            RouteTable table,
            GlobalCorsProperties cors,
            Environment environment,
            ObjectProvider<ApiVersionStrategy> apiVersions) {
        IndexedRouteMapping mapping =
                new IndexedRouteMapping(
                        webHandler,
                        table,
                        cors,
                        environment,
                        () -> ThreadLocalRandom.current().nextDouble());
        apiVersions.ifAvailable(mapping::setApiVersionStrategy);
        return mapping;
    }

    /** In place of the one that sorts for each request. */
    @Bean
    @ConditionalOnBean(RouteTable.class)
    @ConditionalOnMissingBean(FilteringWebHandler.class)
    PlannedFilters plannedFilters(List<GlobalFilter> globalFilters) {
        return new PlannedFilters(globalFilters);
    }

    @Bean
    @ConditionalOnProperty(name = "sluice.routing.short-way", matchIfMissing = true)
    WebHttpHandlerBuilderCustomizer shortWay(ConfigurableApplicationContext context) {
        return builder ->
                builder.httpHandlerDecorator(
                        stock -> {
                            ShortWay way = new ShortWay(stock, context);
                            context.addApplicationListener(way);
                            return way;
                        });
    }

    /** Only with the mapping that draws instead. */
    @Bean
    @ConditionalOnBean(IndexedRouteMapping.class)
    static StockWeights stockWeights() {
        return new StockWeights();
    }

    /** Factories may read any setting while they build; only definitions are compared. */
    @Bean
    ApplicationListener<EnvironmentChangeEvent> settingsChanged(DefinitionRoutes routes) {
        return event -> {
            if (!event.getKeys().stream().allMatch(RoutingAutoConfiguration::isCompared)) {
                routes.forget();
            }
        };
    }

    private static boolean isCompared(String key) {
        return key.startsWith(GATEWAY + "routes") || key.startsWith(GATEWAY + "default-filters");
    }
}
