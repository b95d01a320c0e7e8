package io.sluice.it;

import static io.sluice.upstream.kubernetes.FakeApiServer.ready;
import static io.sluice.upstream.kubernetes.FakeApiServer.terminating;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.upstream.dns.FakeDnsServer;
import io.sluice.upstream.kubernetes.FakeApiServer;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Issue part 3: instances from EndpointSlices and from DNS, through the packaged gateway. */
class EndpointSourcesIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PROMPTLY = Duration.ofMillis(500);
    private static final int ATTEMPTS = 5;
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final String HOME = "127.0.0.1";

    @TempDir static Path credentials;

    private static FakeApiServer api;
    private static FakeDnsServer dns;
    private static TestUpstream first;
    private static TestUpstream second;
    private static Gateway gateway;
    private static HttpResponse<String> firstAnswer;

    @BeforeAll
    static void start() throws IOException {
        Files.writeString(credentials.resolve("namespace"), "shop");
        Files.writeString(credentials.resolve("token"), "a-service-account-token");
        first = TestUpstream.start("first");
        second = TestUpstream.start("second");
        api = FakeApiServer.start();
        api.put("orders-1", first.port(), ready(HOME));
        dns = FakeDnsServer.start().answer(HOME);
        gateway = Gateway.start(configuration(api, dns));
        firstAnswer = gateway.get("/orders/1");
    }

    private static String configuration(FakeApiServer apiServer, FakeDnsServer nameServer) {
        return """
        spring.cloud.gateway.server.webflux:
          routes:
            - id: orders
              uri: lb://orders
              predicates: [ "Path=/orders/**" ]
            - id: named
              uri: lb://named
              predicates: [ "Path=/named/**" ]
        sluice:
          kubernetes: { api-server: "%s", credentials: "%s" }
          upstreams:
            orders:
              algorithm: round-robin
              kubernetes: { service: orders, port: http }
            named:
              dns:
                name: named.example.com
                port: %d
                refresh: 200ms
                server: "127.0.0.1:%d"
        """
                .formatted(
                        apiServer.address(),
                        credentials,
                        second.port(),
                        nameServer.address().getPort());
    }

    @AfterAll
    static void stop() {
        gateway.close();
        first.close();
        second.close();
        api.close();
        dns.close();
    }

    @BeforeEach
    void onlyTheFirst() {
        api.put("orders-1", first.port(), ready(HOME));
        api.put("orders-2", second.port());
        awaitInstances(1);
        first.forget();
        second.forget();
    }

    private static JsonNode instances() {
        return JSON.readTree(gateway.manage("/actuator/upstreams/orders").body()).get("instances");
    }

    private static void awaitInstances(int count) {
        Awaitility.await().atMost(LIMIT).until(() -> instances().size() == count);
    }

    private static String ask() {
        HttpResponse<String> answer = gateway.get("/orders/1");
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    /** Nothing but /readyz was waited for. */
    @Test
    void ready_firstRequest_findsTheInstances() {
        assertThat(firstAnswer.statusCode()).isEqualTo(200);
        assertThat(firstAnswer.body()).isEqualTo("first");
        assertThat(api.seen())
                .isNotEmpty()
                .allSatisfy(
                        request ->
                                assertThat(request.authorization())
                                        .isEqualTo("Bearer a-service-account-token"));
    }

    @Test
    void start_apiServerAndNameServerAway_isReadyAndLearnsLater() {
        FakeApiServer late = FakeApiServer.start();
        late.put("orders-1", first.port(), ready(HOME));
        late.close();
        FakeDnsServer silent = FakeDnsServer.start().fail(FakeDnsServer.SERVFAIL);
        try (Gateway other = Gateway.start(configuration(late, silent))) {
            assertThat(other.get("/orders/1").statusCode()).isEqualTo(503);
            assertThat(other.get("/named/1").statusCode()).isEqualTo(503);
            assertThat(other.log()).contains("2 upstreams are not known yet");

            late.restart();
            silent.answer(HOME);

            Awaitility.await()
                    .atMost(LIMIT)
                    .until(
                            () ->
                                    other.get("/orders/1").statusCode() == 200
                                            && other.get("/named/1").statusCode() == 200);
        } finally {
            late.close();
            silent.close();
        }
    }

    @Test
    void endpointAdded_getsTrafficWithin500Millis() {
        promptly(
                () -> {
                    onlyTheFirst();
                    long start = System.nanoTime();
                    api.put("orders-2", second.port(), ready(HOME));
                    Awaitility.await()
                            .atMost(LIMIT)
                            .pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofMillis(5))
                            .until(() -> ask().equals("second"));
                    return Duration.ofNanos(System.nanoTime() - start);
                });

        assertThat(instances().get(0).get("zone").asString()).isEqualTo("zone-a");
        assertThat(instances().get(0).get("metadata").get("pod").asString())
                .isEqualTo("pod-127-0-0-1");
    }

    @Test
    void endpointTerminating_getsNoNewRequestAfter500MillisAndFinishesWhatItHas() {
        promptly(
                () -> {
                    api.put("orders-1", first.port(), ready(HOME));
                    api.put("orders-2", second.port(), ready(HOME));
                    Awaitility.await().atMost(LIMIT).until(() -> healths().equals("[up, up]"));
                    return lastNewRequestAtTheTerminating();
                });

        assertThat(healths()).isEqualTo("[draining, up]");
    }

    /** How long after the change the instance still got a request that was sent after it. */
    private static Duration lastNewRequestAtTheTerminating() throws Exception {
        first.delay(Duration.ofSeconds(2));
        second.delay(Duration.ofSeconds(2));
        CompletableFuture<HttpResponse<String>> one = slow();
        CompletableFuture<HttpResponse<String>> other = slow();
        Awaitility.await().atMost(LIMIT).until(() -> first.open() == 1 && second.open() == 1);
        first.delay(Duration.ZERO);
        second.delay(Duration.ZERO);

        long start = System.nanoTime();
        api.put("orders-1", first.port(), terminating(HOME));
        long last = start;
        int withoutIt = 0;
        while (withoutIt < 100) {
            long asked = System.nanoTime();
            withoutIt++;
            if (ask().equals("first")) {
                assertThat(Duration.ofNanos(asked - start)).isLessThan(LIMIT);
                last = asked;
                withoutIt = 0;
            }
        }
        assertThat(one.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(other.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        return Duration.ofNanos(last - start);
    }

    /** A busy machine may make an attempt slow; all of them are only if the gateway is. */
    private static void promptly(Callable<Duration> attempt) {
        List<Duration> took = new ArrayList<>();
        Duration latest;
        do {
            try {
                latest = attempt.call();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            took.add(latest);
        } while (latest.compareTo(PROMPTLY) >= 0 && took.size() < ATTEMPTS);
        assertThat(took).anyMatch(one -> one.compareTo(PROMPTLY) < 0);
    }

    /** Sorted. */
    private static String healths() {
        return StreamSupport.stream(instances().spliterator(), false)
                .map(instance -> instance.get("health").asString())
                .sorted()
                .toList()
                .toString();
    }

    private static CompletableFuture<HttpResponse<String>> slow() {
        return gateway.http()
                .sendAsync(
                        HttpRequest.newBuilder(gateway.uri("/orders/slow")).build(),
                        BodyHandlers.ofString());
    }

    @Test
    void apiServerDown_trafficGoesOnAndChangesComeWhenItIsBack() {
        api.close();
        Awaitility.await()
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(10))
                .until(
                        () -> {
                            assertThat(ask()).isEqualTo("first");
                            return gateway.log().contains("the Kubernetes API cannot be asked");
                        });
        for (int i = 0; i < 100; i++) {
            assertThat(ask()).isEqualTo("first");
        }

        api.restart();
        api.put("orders-1", first.port());
        api.put("orders-2", second.port(), ready(HOME));

        Awaitility.await().atMost(LIMIT).until(() -> ask().equals("second"));
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> gateway.log().contains("the Kubernetes API answers again"));
    }

    @Test
    void serviceScaledToZero_is503() {
        api.put("orders-1", first.port());

        Awaitility.await().atMost(LIMIT).until(() -> gateway.get("/orders/1").statusCode() == 503);
    }

    @Test
    void nameServerFails_trafficGoesOn() {
        assertThat(gateway.get("/named/1").body()).isEqualTo("second");

        dns.fail(FakeDnsServer.SERVFAIL);
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> gateway.log().contains("named.example.com cannot be resolved"));

        assertThat(gateway.get("/named/2").body()).isEqualTo("second");
        dns.answer(HOME);
    }
}
