package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The packaged jar with ten thousand routes, of which one changes again and again under load. */
class RouteRefreshIT {

    private static final int ROUTES = 10_000;

    /** As many as fit into one request to the management port. */
    private static final int PART = 1000;

    private static final int CHANGES = 10;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final String CONFIG =
            """
            spring.cloud.gateway.server.webflux.routes:
              - { id: steady, uri: "%1$s", order: -1, predicates: [ "Path=/steady/**" ] }
              - { id: heavy, uri: "%1$s", predicates: [ "Path=/w", "Weight=g, 9" ],
                  filters: [ "AddResponseHeader=X-Route, heavy" ] }
              - { id: light, uri: "%1$s", predicates: [ "Path=/w", "Weight=g, 1" ],
                  filters: [ "AddResponseHeader=X-Route, light" ] }
            management:
              endpoints.web.exposure.include: health, gateway
              endpoint.gateway.access: unrestricted
            """;

    @Test
    void refresh_oneRouteOfTenThousandChanges_takesEffectAndFailsNoRequest() {
        try (EchoUpstream upstream = EchoUpstream.start("up");
                Gateway gateway = Gateway.start(CONFIG.formatted(upstream.uri()))) {
            for (int from = 0; from < ROUTES; from += PART) {
                String part =
                        IntStream.range(from, from + PART)
                                .mapToObj(i -> route(i, "/r" + i, upstream))
                                .collect(Collectors.joining(",", "[", "]"));
                post(gateway, "/actuator/gateway/routes", part, 200);
            }
            post(gateway, "/actuator/gateway/refresh", "", 200);
            awaitRoute(gateway, "/r" + (ROUTES - 1) + "/x");

            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger answered = new AtomicInteger();
            AtomicInteger failed = new AtomicInteger();
            Thread load = load(gateway, over, answered, failed);
            long[] millis = new long[CHANGES];
            for (int i = 0; i < CHANGES; i++) {
                String path = "/changed" + i;
                post(gateway, "/actuator/gateway/routes/r7", route(7, path, upstream), 201);
                long begin = System.nanoTime();
                post(gateway, "/actuator/gateway/refresh", "", 200);
                awaitRoute(gateway, path + "/x");
                millis[i] = (System.nanoTime() - begin) / 1_000_000;
            }
            over.set(true);
            join(load);
            Arrays.sort(millis);
            System.out.println(
                    "one of 10,000 routes in effect after ms " + Arrays.toString(millis));

            assertThat(failed).hasValue(0);
            assertThat(answered.get()).isGreaterThan(CHANGES);
            assertThat(gateway.get("/r7/x").statusCode()).isEqualTo(404);
            assertThat(gateway.get("/changed0/x").statusCode()).isEqualTo(404);
            assertWeighed(gateway);
        }
    }

    /**
     * With the stock mapping the stock filter has to be there too, or no weighted route matches.
     */
    @Test
    void indexSwitchedOff_routesAndWeights_areSpringsOwn() {
        try (EchoUpstream upstream = EchoUpstream.start("up");
                Gateway gateway =
                        Gateway.start(
                                CONFIG.formatted(upstream.uri()),
                                "--sluice.routing.index.enabled=false")) {
            assertThat(gateway.get("/steady/x").statusCode()).isEqualTo(200);
            assertWeighed(gateway);
            post(gateway, "/actuator/gateway/routes/r1", route(1, "/r1", upstream), 201);
            post(gateway, "/actuator/gateway/refresh", "", 200);
            awaitRoute(gateway, "/r1/x");
        }
    }

    /** The group's shares: 9 to 1 of 400, far from its edges. */
    private static void assertWeighed(Gateway gateway) {
        int heavy = 0;
        for (int i = 0; i < 400; i++) {
            HttpResponse<String> answer = gateway.get("/w");
            assertThat(answer.statusCode()).isEqualTo(200);
            heavy += answer.headers().allValues("X-Route").contains("heavy") ? 1 : 0;
        }
        assertThat(heavy).isBetween(320, 395);
    }

    private static Thread load(
            Gateway gateway, AtomicBoolean over, AtomicInteger answered, AtomicInteger failed) {
        Thread load =
                new Thread(
                        () -> {
                            while (!over.get()) {
                                int status = gateway.get("/steady/x").statusCode();
                                answered.incrementAndGet();
                                failed.addAndGet(status == 200 ? 0 : 1);
                            }
                        },
                        "load");
        load.setUncaughtExceptionHandler((thread, error) -> failed.incrementAndGet());
        load.start();
        return load;
    }

    private static void join(Thread thread) {
        try {
            thread.join(LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(thread.isAlive()).isFalse();
    }

    private static String route(int number, String path, EchoUpstream upstream) {
        return """
            {"id":"r%d","uri":"%s","predicates":[{"name":"Path","args":{"_genkey_0":"%s/**"}}]}"""
                .formatted(number, upstream.uri(), path);
    }

    private static void awaitRoute(Gateway gateway, String path) {
        Awaitility.await()
                .atMost(LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> gateway.get(path).statusCode() == 200);
    }

    private static void post(Gateway gateway, String path, String body, int expected) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(gateway.managementUri(path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body));
        HttpResponse<String> answer = gateway.send(request);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(expected);
    }
}
