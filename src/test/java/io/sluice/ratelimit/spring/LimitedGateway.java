package io.sluice.ratelimit.spring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * A gateway with one upstream, of nothing but Spring Cloud Gateway and rate limiting, in this
 * process and on real sockets.
 */
final class LimitedGateway implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final DisposableServer upstream;
    private final ConfigurableApplicationContext context;

    private LimitedGateway(DisposableServer upstream, ConfigurableApplicationContext context) {
        this.upstream = upstream;
        this.context = context;
    }

    /** A gateway whose routes point at {@code ${upstream}}. */
    static LimitedGateway start(String... properties) {
        DisposableServer upstream =
                HttpServer.create()
                        .host("127.0.0.1")
                        .port(0)
                        .handle(
                                (request, response) ->
                                        response.status(
                                                        request.uri().contains("/fails")
                                                                ? 500
                                                                : 200)
                                                .header("X-RateLimit-Remaining", "upstream")
                                                .header("RateLimit", "upstream")
                                                .sendString(Mono.just("hello")))
                        .bindNow();
        List<String> all = new ArrayList<>(List.of(properties));
        all.add("upstream=http://127.0.0.1:" + upstream.port());
        all.add("server.port=0");
        all.add("management.server.port=0");
        // Its shaded gRPC, a test dependency, is not the one that this filter asks for.
        all.add("spring.cloud.gateway.server.webflux.filter.json-to-grpc.enabled=false");
        all.add("spring.main.banner-mode=off");
        try {
            return new LimitedGateway(
                    upstream,
                    new SpringApplicationBuilder(App.class)
                            .web(WebApplicationType.REACTIVE)
                            .properties(all.toArray(String[]::new))
                            .run());
        } catch (RuntimeException failure) {
            upstream.disposeNow();
            throw failure;
        }
    }

    /** GET with headers as names and values in turn. */
    HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                        .timeout(Duration.ofSeconds(20));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** How many decisions of this kind a policy has made, from any source. */
    long count(String policy, String decision) {
        return (long)
                bean(MeterRegistry.class)
                        .get("sluice.ratelimit.decisions")
                        .tags("policy", policy, "decision", decision)
                        .counters()
                        .stream()
                        .mapToDouble(Counter::count)
                        .sum();
    }

    int port() {
        return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    @Override
    public void close() {
        context.close();
        upstream.disposeNow();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            excludeName = {
                "org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration"
            })
    static class App {

        /** Loops of its own: those of the whole process would end with the first context. */
        @Bean
        ReactorResourceFactory reactorResourceFactory() {
            ReactorResourceFactory factory = new ReactorResourceFactory();
            factory.setUseGlobalResources(false);
            return factory;
        }

        /** Tells on which thread a request goes on to its upstream. */
        @Bean
        GlobalFilter threadTeller() {
            return (exchange, chain) -> {
                String thread = Thread.currentThread().getName();
                exchange.getResponse()
                        .beforeCommit(
                                () ->
                                        Mono.fromRunnable(
                                                () ->
                                                        exchange.getResponse()
                                                                .getHeaders()
                                                                .set("X-Thread", thread)));
                return chain.filter(exchange);
            };
        }
    }
}
