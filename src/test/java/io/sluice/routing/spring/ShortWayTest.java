package io.sluice.routing.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.accept.ApiVersionStrategy;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.ForwardedHeaderTransformer;
import org.springframework.web.server.adapter.HttpWebHandlerAdapter;
import reactor.core.publisher.Mono;

/** Each condition that keeps requests on Spring's way, one at a time. */
class ShortWayTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String OBSERVED = "management.metrics.enable.http.server.requests";

    private final Parts parts = new Parts();
    private final GenericApplicationContext context = new GenericApplicationContext();
    private final AtomicInteger dispatched = new AtomicInteger();
    private final AtomicInteger routed = new AtomicInteger();
    private final DispatcherHandler dispatcher =
            new DispatcherHandler() {
                @Override
                public Mono<Void> handle(ServerWebExchange exchange) {
                    dispatched.incrementAndGet();
                    return Mono.empty();
                }
            };
    private RouteTable table;
    private final HttpWebHandlerAdapter stock = new HttpWebHandlerAdapter(dispatcher);
    private final FilteringWebHandler filters =
            new FilteringWebHandler(List.of(), false) {
                @Override
                public Mono<Void> handle(ServerWebExchange exchange) {
                    routed.incrementAndGet();
                    return Mono.empty();
                }
            };

    @BeforeEach
    void describe() {
        property(OBSERVED, "false");
        context.registerBean(IndexedRouteMapping.class, this::mapping);
        context.registerBean(FilteringWebHandler.class, () -> filters);
        context.registerBean(DispatcherHandler.class, () -> dispatcher);
    }

    @AfterEach
    void close() {
        context.close();
        parts.close();
    }

    private IndexedRouteMapping mapping() {
        table =
                parts.table(
                        parts.ourRoutes(
                                        Parts.definitions(
                                                List.of(Parts.definition("a", 0, "Path=/a/**"))))
                                .locator());
        return (IndexedRouteMapping) parts.ourMapping(table, () -> 0);
    }

    private void property(String name, String value) {
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(name, Map.of(name, value)));
    }

    /** The way once the context is complete. */
    private ShortWay opened(HttpHandler before) {
        ShortWay way = new ShortWay(before, context);
        context.addApplicationListener(way);
        context.refresh();
        table.loaded().block(LIMIT);
        return way;
    }

    private static void ask(HttpHandler way, MockServerHttpRequest request) {
        way.handle(request, new MockServerHttpResponse()).block(LIMIT);
    }

    private static MockServerHttpRequest get(String path) {
        return MockServerHttpRequest.get("http://gateway" + path).build();
    }

    private void assertShort(HttpHandler way, String path) {
        ask(way, get(path));
        assertThat(routed).hasValue(1);
        assertThat(dispatched).hasValue(0);
    }

    private void assertSprings(HttpHandler way, MockServerHttpRequest request) {
        ask(way, request);
        assertThat(routed).hasValue(0);
        assertThat(dispatched).hasValue(1);
    }

    private void assertClosed() {
        assertSprings(opened(stock), get("/a/1"));
    }

    @Test
    void handle_requestOfARoute_goesTheShortWay() {
        assertShort(opened(stock), "/a/1");
    }

    @Test
    void handle_beforeTheContextIsComplete_goesSpringsWay() {
        assertSprings(new ShortWay(stock, context), get("/a/1"));
    }

    @Test
    void onApplicationEvent_ofAnotherContext_opensNothing() {
        ShortWay way = new ShortWay(stock, context);
        context.refresh();
        try (GenericApplicationContext other = new GenericApplicationContext()) {
            other.refresh();
            way.onApplicationEvent(new ContextRefreshedEvent(other));
        }
        assertSprings(way, get("/a/1"));
    }

    @ParameterizedTest
    @CsvSource({"/a/%31", "/a/1;v=2", "/b"})
    void handle_oddSpellingOrNoRoute_goesSpringsWay(String path) {
        assertSprings(
                opened(stock),
                MockServerHttpRequest.method(HttpMethod.GET, URI.create("http://gateway" + path))
                        .build());
    }

    @Test
    void handle_requestOfAnotherOrigin_goesSpringsWay() {
        assertSprings(
                opened(stock),
                MockServerHttpRequest.get("http://gateway/a/1")
                        .header("Origin", "https://elsewhere")
                        .build());
    }

    @ParameterizedTest
    @CsvSource({OBSERVED + ",true", "spring.webflux.base-path,/base"})
    void opened_withProperty_isClosed(String name, String value) {
        property(name, value);
        assertClosed();
    }

    @Test
    void opened_withoutAWordOnObservation_isClosed() {
        context.getEnvironment().getPropertySources().remove(OBSERVED);
        assertClosed();
    }

    @Test
    void opened_withForwardedHeaderTransformer_isClosed() {
        stock.setForwardedHeaderTransformer(new ForwardedHeaderTransformer());
        assertClosed();
    }

    @Test
    void opened_withHtmlEscape_isClosed() {
        stock.setDefaultHtmlEscape(true);
        assertClosed();
    }

    @Test
    void opened_withAnotherHandler_isClosed() {
        HttpHandler wrapped = (request, response) -> stock.handle(request, response);
        assertSprings(opened(wrapped), get("/a/1"));
    }

    @Test
    void opened_withApiVersions_isClosed() {
        change(IndexedRouteMapping.class, mapping -> mapping.setApiVersionStrategy(versions()));
        assertClosed();
    }

    private static ApiVersionStrategy versions() {
        return (ApiVersionStrategy)
                Proxy.newProxyInstance(
                        ShortWayTest.class.getClassLoader(),
                        new Class<?>[] {ApiVersionStrategy.class},
                        (proxy, method, arguments) -> null);
    }

    @Test
    void opened_withTwoOfAPart_isClosed() {
        context.registerBean(
                "another", FilteringWebHandler.class, () -> new PlannedFilters(List.of()));
        assertClosed();
    }

    @Test
    void opened_withAnotherKindOfMapping_isClosed() {
        context.registerBean(
                SimpleUrlHandlerMapping.class,
                () -> new SimpleUrlHandlerMapping(Map.of("/x", filters), 0));
        assertClosed();
    }

    @Test
    void opened_withRouterFunctions_isClosed() {
        RouterFunction<ServerResponse> function =
                RouterFunctions.route().GET("/f", request -> ServerResponse.ok().build()).build();
        functions(new RouterFunctionMapping(function));
        assertClosed();
    }

    @Test
    void opened_withAMappingForNoRouterFunctions_isOpen() {
        functions(new RouterFunctionMapping());
        assertShort(opened(stock), "/a/1");
    }

    private void functions(RouterFunctionMapping mapping) {
        mapping.setOrder(0);
        context.registerBean(RouterFunctionMapping.class, () -> mapping);
    }

    @Test
    void opened_withControllerOfAPattern_isClosed() {
        controllers(Patterned.class);
        assertClosed();
    }

    @Test
    void opened_withControllerOfAPlainPath_leavesThatPathToIt() {
        controllers(Plain.class);
        ShortWay way = opened(stock);
        assertShort(way, "/a/1");
        routed.set(0);
        assertSprings(way, get("/a/mine"));
    }

    private void controllers(Class<?> controller) {
        context.registerBean("controller", controller);
        context.registerBean(
                RequestMappingHandlerMapping.class,
                () -> {
                    RequestMappingHandlerMapping mapping = new RequestMappingHandlerMapping();
                    mapping.setOrder(0);
                    return mapping;
                });
    }

    private <T> void change(Class<T> type, Consumer<T> how) {
        context.addBeanFactoryPostProcessor(
                factory ->
                        factory.addBeanPostProcessor(
                                new BeanPostProcessor() {
                                    @Override
                                    public Object postProcessAfterInitialization(
                                            Object bean, String name) {
                                        if (type.isInstance(bean)) {
                                            how.accept(type.cast(bean));
                                        }
                                        return bean;
                                    }
                                }));
    }

    @RestController
    static final class Patterned {

        @GetMapping("/mine/{id}")
        String get() {
            return "";
        }
    }

    @RestController
    static final class Plain {

        @GetMapping("/a/mine")
        String get() {
            return "";
        }
    }
}
