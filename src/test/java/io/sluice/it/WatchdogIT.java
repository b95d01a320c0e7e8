package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.SluiceApplication;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/** A filter that blocks its event loop, in this process, where a test can let it go again. */
class WatchdogIT {

    private static final CountDownLatch RELEASE = new CountDownLatch(1);

    @Test
    void livez_whileAnEventLoopIsBlocked_is503() {
        String[] properties = {
            "server.port=0",
            "management.server.port=0",
            "sluice.liveness.event-loop-limit=2s",
            // Its shaded gRPC, a test dependency, is not the one that this filter asks for.
            "spring.cloud.gateway.server.webflux.filter.json-to-grpc.enabled=false",
            "spring.cloud.gateway.server.webflux.routes[0].id=all",
            "spring.cloud.gateway.server.webflux.routes[0].uri=http://127.0.0.1:9",
            "spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/**"
        };
        try (ConfigurableApplicationContext context =
                new SpringApplicationBuilder(SluiceApplication.class, Blocking.class)
                        .properties(properties)
                        .run()) {
            URI address =
                    URI.create(
                            "http://127.0.0.1:"
                                    + context.getEnvironment().getProperty("local.server.port"));
            assertThat(status(address.resolve("/livez"))).isEqualTo(200);

            HttpClient.newHttpClient()
                    .sendAsync(
                            HttpRequest.newBuilder(address.resolve("/blocks")).build(),
                            BodyHandlers.discarding());
            awaitLiveness(address, 503);
            RELEASE.countDown();
            awaitLiveness(address, 200);
        } finally {
            RELEASE.countDown();
        }
    }

    private static void awaitLiveness(URI address, int status) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> status(address.resolve("/livez")) == status);
    }

    /** On a connection of its own; -1 when it was given to the blocked loop. */
    private static int status(URI uri) {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(2)).build();
        try {
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .send(request, BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Blocking {

        /** Loops of its own: those of the whole process would end with the context. */
        @Bean
        ReactorResourceFactory reactorResourceFactory() {
            ReactorResourceFactory factory = new ReactorResourceFactory();
            factory.setUseGlobalResources(false);
            return factory;
        }

        @Bean
        GlobalFilter blocking() {
            return (exchange, chain) -> {
                try {
                    RELEASE.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return chain.filter(exchange);
            };
        }
    }
}
