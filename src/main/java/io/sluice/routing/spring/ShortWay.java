package io.sluice.routing.spring;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.reactive.result.condition.PatternsRequestCondition;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.adapter.HttpWebHandlerAdapter;
import reactor.core.publisher.Mono;

/**
 * Stands before Spring's way and opens {@link TrafficHandler}'s once the context is complete, if
 * all that Spring's does on the way to a route is known to lead there. Otherwise it stays closed,
 * and requests go as they do in Spring Cloud Gateway. Thread-safe.
 */
final class ShortWay implements HttpHandler, ApplicationListener<ContextRefreshedEvent> {

    private static final String OBSERVED = "management.metrics.enable.http.server.requests";

    private static final String BASE_PATH = "spring.webflux.base-path";

    private final HttpHandler stock;
    private final ApplicationContext context;
    private volatile HttpHandler current;

    ShortWay(HttpHandler stock, ApplicationContext context) {
        this.stock = stock;
        this.context = context;
        this.current = stock;
    }

    @Override
    public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
        return current.handle(request, response);
    }

    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        if (event.getApplicationContext() == context) {
            HttpHandler opened = opened();
            current = opened == null ? stock : opened;
        }
    }

    private @Nullable HttpHandler opened() {
        IndexedRouteMapping mapping = only(IndexedRouteMapping.class);
        DispatcherHandler dispatcher = only(DispatcherHandler.class);
        FilteringWebHandler filters = only(FilteringWebHandler.class);
        if (!(stock instanceof HttpWebHandlerAdapter spring)
                || spring.getForwardedHeaderTransformer() != null
                || spring.getDefaultHtmlEscape() != null
                || mapping == null
                || mapping.getApiVersionStrategy() != null
                || dispatcher == null
                || filters == null
                || observes()
                || hasBasePath()) {
            return null;
        }
        Set<String> elsewhere = pathsBefore(mapping, dispatcher.getHandlerMappings());
        return elsewhere == null
                ? null
                : new TrafficHandler(
                        spring,
                        dispatcher,
                        mapping,
                        filters,
                        elsewhere,
                        ordered(WebFilter.class),
                        ordered(WebExceptionHandler.class));
    }

    /** Somebody wants Spring's own observation of every request. */
    private boolean observes() {
        return context.getEnvironment().getProperty(OBSERVED, Boolean.class, true);
    }

    /** Handler mappings see paths without it, and so must whoever passes them by. */
    private boolean hasBasePath() {
        return !context.getEnvironment().getProperty(BASE_PATH, "").isEmpty();
    }

    private <T> @Nullable T only(Class<T> type) {
        return context.getBeanProvider(type).getIfUnique();
    }

    private <T> List<T> ordered(Class<T> type) {
        ObjectProvider<T> beans = context.getBeanProvider(type);
        return beans.orderedStream().toList();
    }

    /** The paths that are answered before the routes are asked, or {@code null} for no telling. */
    private static @Nullable Set<String> pathsBefore(
            HandlerMapping routes, @Nullable List<HandlerMapping> all) {
        Set<String> paths = new HashSet<>();
        for (HandlerMapping mapping : all == null ? List.<HandlerMapping>of() : all) {
            if (mapping == routes) {
                return paths;
            }
            if (!(mapping instanceof RouterFunctionMapping functions
                            && functions.getRouterFunction() == null)
                    && !(mapping instanceof RequestMappingInfoHandlerMapping methods
                            && addPaths(methods, paths))) {
                return null;
            }
        }
        return null;
    }

    /** Whether all of them are plain paths. */
    private static boolean addPaths(RequestMappingInfoHandlerMapping mapping, Set<String> paths) {
        return mapping.getHandlerMethods().keySet().stream()
                .allMatch(
                        info -> {
                            PatternsRequestCondition patterns = info.getPatternsCondition();
                            paths.addAll(patterns.getDirectPaths());
                            return patterns.getDirectPaths().size()
                                    == patterns.getPatterns().size();
                        });
    }
}
