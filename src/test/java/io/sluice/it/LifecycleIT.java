package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.ratelimit.redis.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Issue part 4: probes and shutdown, on the packaged jar with real signals. */
class LifecycleIT {

    private static RedisProcess redis;
    private static TestUpstream upstream;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        upstream = TestUpstream.start("up").keep(false);
    }

    @AfterAll
    static void stop() {
        upstream.close();
        redis.close();
    }

    private static String configuration() {
        return """
                spring:
                  data.redis.url: redis://127.0.0.1:%d
                  cloud.gateway.server.webflux:
                    routes:
                      - id: all
                        uri: lb://up
                        predicates: [ "Path=/**" ]
                        filters: [ "RateLimit=plenty" ]
                sluice:
                  rate-limits:
                    plenty: { key: ip, capacity: 1000000, refill-tokens: 1000000, refill-period: 1s }
                  upstreams:
                    up: { instances: [ { uri: "%s" } ] }
                """
                .formatted(redis.port(), upstream.uri());
    }

    @Test
    void probes_whileRedisIsFrozen_answer200Quickly() {
        try (Gateway gateway = Gateway.start(configuration())) {
            assertThat(gateway.get("/warm").statusCode()).isEqualTo(200);
            for (String probe : List.of("liveness", "readiness", "startup")) {
                assertThat(gateway.manage("/actuator/health/" + probe).statusCode())
                        .as(probe)
                        .isEqualTo(200);
            }
            HttpResponse<String> outside = gateway.manage("/actuator/health/dependencies");
            assertThat(outside.statusCode()).isEqualTo(200);
            assertThat(outside.body()).contains("rateLimitStore", "issuerKeys", "upstreams");
            redis.freeze();
            try {
                gateway.get("/starts-the-trouble");
                outside = gateway.manage("/actuator/health/dependencies");
                assertThat(outside.statusCode()).isEqualTo(503);
                assertThat(outside.body()).contains("\"rateLimitStore\":{\"status\":\"DOWN\"");
                long fastest = Long.MAX_VALUE;
                for (int i = 0; i < 5; i++) {
                    long before = System.nanoTime();
                    HttpResponse<String> ready = gateway.manage("/actuator/health/readiness");
                    fastest = Math.min(fastest, System.nanoTime() - before);
                    assertThat(ready.statusCode()).isEqualTo(200);
                }
                assertThat(Duration.ofNanos(fastest)).isLessThan(Duration.ofMillis(100));
                assertThat(gateway.get("/readyz").statusCode()).isEqualTo(200);
                assertThat(gateway.get("/livez").statusCode()).isEqualTo(200);
                assertThat(gateway.manage("/actuator/health/liveness").statusCode()).isEqualTo(200);
            } finally {
                redis.thaw();
            }
        }
    }

    @Test
    void sigterm_underKeepAliveLoad_failsNoRequestWhileDraining() throws Exception {
        upstream.delay(Duration.ofMillis(20));
        try (Gateway gateway = Gateway.start(configuration())) {
            ExecutorService threads = Executors.newFixedThreadPool(8);
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger served = new AtomicInteger();
            AtomicInteger closes = new AtomicInteger();
            List<Future<List<String>>> clients = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                clients.add(threads.submit(() -> load(gateway, stop, served, closes)));
            }
            Awaitility.await().until(() -> served.get() > 200);

            gateway.terminate();
            // Traffic is still taken during the drain, and readiness is down meanwhile.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(3))
                    .until(() -> gateway.get("/readyz").statusCode() == 503);
            assertThat(gateway.get("/livez").statusCode()).isEqualTo(200);
            int before = served.get();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(3))
                    .until(() -> served.get() > before + 50);
            stop.set(true);

            List<String> failures = new ArrayList<>();
            for (Future<List<String>> client : clients) {
                failures.addAll(client.get(30, TimeUnit.SECONDS));
            }
            threads.shutdownNow();
            int exit = gateway.awaitExit(Duration.ofSeconds(25));
            assertThat(failures).isEmpty();
            assertThat(closes.get()).as("answers with Connection: close").isPositive();
            assertThat(exit).isIn(0, 143);
            assertThat(gateway.log()).contains("requests finished, 0 cut");
        } finally {
            upstream.delay(Duration.ZERO);
        }
    }

    /**
     * A keep-alive client: a new connection only when told to close; anything else is a failure.
     */
    private static List<String> load(
            Gateway gateway, AtomicBoolean stop, AtomicInteger served, AtomicInteger closes) {
        List<String> failures = new ArrayList<>();
        RawClient client = null;
        try {
            while (!stop.get()) {
                if (client == null) {
                    client = new RawClient(gateway.port());
                }
                client.get("/load");
                Optional<RawClient.Answer> answer = client.answer();
                if (answer.isEmpty() || answer.get().status() != 200) {
                    failures.add("answer: " + answer);
                    return failures;
                }
                served.incrementAndGet();
                if (answer.get().closes()) {
                    closes.incrementAndGet();
                    client.close();
                    client = null;
                }
            }
        } catch (IOException e) {
            failures.add(e.toString());
        }
        return failures;
    }

    @Test
    void sigterm_sentTwiceWithARequestInFlight_finishesIt() throws Exception {
        try (Gateway gateway = Gateway.start(configuration(), "--sluice.shutdown.drain=0s")) {
            gateway.get("/warm");
            upstream.delay(Duration.ofSeconds(3));
            CompletableFuture<HttpResponse<String>> slow =
                    gateway.http()
                            .sendAsync(
                                    HttpRequest.newBuilder(gateway.uri("/slow")).build(),
                                    HttpResponse.BodyHandlers.ofString());
            Awaitility.await().until(() -> upstream.open() == 1);

            gateway.terminate();
            Awaitility.await().until(() -> gateway.log().contains("draining ("));
            gateway.terminate();

            assertThat(slow.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            assertThat(gateway.awaitExit(Duration.ofSeconds(20))).isIn(0, 143);
            assertThat(gateway.log()).contains("0 cut");
        } finally {
            upstream.delay(Duration.ZERO);
        }
    }

    @Test
    void sigterm_withStreams_completesSseAndCloses1001() throws Exception {
        try (Gateway gateway = Gateway.start(configuration(), "--sluice.shutdown.drain=2s")) {
            CompletableFuture<HttpResponse<String>> sse =
                    gateway.http()
                            .sendAsync(
                                    HttpRequest.newBuilder(gateway.uri("/sse")).build(),
                                    HttpResponse.BodyHandlers.ofString());
            CloseWatcher watcher = new CloseWatcher();
            WebSocket socket =
                    gateway.http()
                            .newWebSocketBuilder()
                            .buildAsync(
                                    URI.create("ws://127.0.0.1:" + gateway.port() + "/ws"), watcher)
                            .get(20, TimeUnit.SECONDS);
            socket.sendText("hello", true).get(5, TimeUnit.SECONDS);
            assertThat(watcher.text.get(10, TimeUnit.SECONDS)).isEqualTo("up:hello");

            gateway.terminate();

            HttpResponse<String> events = sse.get(20, TimeUnit.SECONDS);
            assertThat(events.statusCode()).isEqualTo(200);
            assertThat(events.body()).startsWith("data: 0");
            assertThat(watcher.close.get(20, TimeUnit.SECONDS)).isEqualTo(1001);
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(upstream.webSocketCloses()).containsExactly(1001));
            assertThat(gateway.awaitExit(Duration.ofSeconds(20))).isIn(0, 143);
        }
    }

    private static final class CloseWatcher implements WebSocket.Listener {

        private final CompletableFuture<String> text = new CompletableFuture<>();
        private final CompletableFuture<Integer> close = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.complete(data.toString());
            return WebSocket.Listener.super.onText(socket, data, last);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
            close.complete(statusCode);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            close.completeExceptionally(error);
        }
    }
}
