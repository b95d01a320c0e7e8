package io.sluice.routing.spring;

import io.sluice.pipeline.ActiveConfiguration;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.springframework.boot.webflux.autoconfigure.WebFluxProperties;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.filter.factory.AddRequestHeaderGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.handler.predicate.AfterRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.CookieRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.HeaderRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.HostRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.MethodRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.handler.predicate.QueryRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.WeightRoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteDefinitionRouteLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.DefaultServerWebExchange;
import org.springframework.web.server.i18n.AcceptHeaderLocaleContextResolver;
import org.springframework.web.server.session.DefaultWebSessionManager;
import reactor.core.publisher.Flux;

/** Spring Cloud Gateway's own parts around routes, without an application around them. */
@SuppressWarnings("rawtypes") // as Spring Cloud Gateway declares them
final class Parts implements AutoCloseable {

    private static final ServerCodecConfigurer CODECS = ServerCodecConfigurer.create();
    private static final DefaultWebSessionManager SESSIONS = new DefaultWebSessionManager();
    private static final AcceptHeaderLocaleContextResolver LOCALES =
            new AcceptHeaderLocaleContextResolver();

    final GatewayProperties properties = new GatewayProperties();
    final WebFluxProperties webFlux = new WebFluxProperties();
    final List<RoutePredicateFactory> predicates = new ArrayList<>();
    final List<GatewayFilterFactory> filters =
            new ArrayList<>(List.of(new AddRequestHeaderGatewayFilterFactory()));
    final RouteThread thread = new RouteThread();
    private final GenericApplicationContext context = new GenericApplicationContext();
    private final ConfigurationService configuration;
    private final FilteringWebHandler handler = new FilteringWebHandler(List.of(), false);
    private Consumer<ApplicationEvent> listener = event -> {};

    Parts(RoutePredicateFactory<?>... further) {
        this(new HostRoutePredicateFactory(), further);
    }

    Parts(HostRoutePredicateFactory host, RoutePredicateFactory<?>... further) {
        WeightRoutePredicateFactory weight = new WeightRoutePredicateFactory();
        weight.setApplicationEventPublisher(publisher());
        predicates.addAll(
                List.of(
                        new PathRoutePredicateFactory(webFlux),
                        host,
                        new MethodRoutePredicateFactory(),
                        new HeaderRoutePredicateFactory(),
                        new QueryRoutePredicateFactory(),
                        new CookieRoutePredicateFactory(),
                        new AfterRoutePredicateFactory(),
                        weight));
        predicates.addAll(List.of(further));
        for (RoutePredicateFactory factory : predicates) {
            context.getBeanFactory().registerSingleton(factory.getClass().getName(), factory);
        }
        context.refresh();
        configuration =
                new ConfigurationService(context, DefaultConversionService::new, () -> null);
        configuration.setApplicationEventPublisher(publisher());
    }

    ApplicationEventPublisher publisher() {
        return event -> {
            if (event instanceof ApplicationEvent application) {
                listener.accept(application);
            }
        };
    }

    void listen(Consumer<ApplicationEvent> to) {
        this.listener = to;
    }

    RouteLocatorBuilder.Builder javaRoutes() {
        return new RouteLocatorBuilder(context).routes();
    }

    RouteLocator stockRoutes(RouteDefinitionLocator definitions) {
        return new RouteDefinitionRouteLocator(
                definitions, predicates, filters, properties, configuration);
    }

    DefinitionRoutes ourRoutes(RouteDefinitionLocator definitions) {
        return new DefinitionRoutes(
                definitions, predicates, filters, properties, configuration, thread.scheduler());
    }

    RouteTable table(RouteLocator source) {
        return new RouteTable(source, thread, publisher(), new ActiveConfiguration());
    }

    RoutePredicateHandlerMapping stockMapping(RouteLocator routes) {
        return new RoutePredicateHandlerMapping(
                handler, routes, new GlobalCorsProperties(), new MockEnvironment());
    }

    RoutePredicateHandlerMapping ourMapping(RouteTable table, DoubleSupplier random) {
        return new IndexedRouteMapping(
                handler, table, new GlobalCorsProperties(), new MockEnvironment(), random);
    }

    static RouteDefinition definition(String id, int order, String... predicates) {
        RouteDefinition definition = new RouteDefinition();
        definition.setId(id);
        definition.setOrder(order);
        definition.setUri(URI.create("http://127.0.0.1:9"));
        definition.setMetadata(Map.of());
        for (String predicate : predicates) {
            definition.getPredicates().add(new PredicateDefinition(predicate));
        }
        return definition;
    }

    static RouteDefinitionLocator definitions(List<RouteDefinition> all) {
        return () -> Flux.defer(() -> Flux.fromIterable(List.copyOf(all)));
    }

    /**
     * As the mock exchange, without codecs and sessions of its own, which cost more than a lookup.
     */
    static ServerWebExchange exchange(MockServerHttpRequest request) {
        return new DefaultServerWebExchange(
                request, new MockServerHttpResponse(), SESSIONS, CODECS, LOCALES);
    }

    @Override
    public void close() {
        thread.destroy();
        context.close();
    }
}
