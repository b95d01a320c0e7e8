package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.Load.Answer;
import io.sluice.it.Load.Get;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Instances that die, fail fast, or accept and say nothing, under load through the gateway. */
class ResilienceIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static List<InstanceProcess> three;
    private static TestUpstream failing;
    private static TestUpstream good;
    private static TestUpstream other;
    private static Hole firstHole;
    private static Hole secondHole;
    private static Turncoat turncoat;
    private static Gateway gateway;

    @BeforeAll
    static void start() throws IOException {
        three =
                List.of(
                        InstanceProcess.start("one"),
                        InstanceProcess.start("two"),
                        InstanceProcess.start("three"));
        failing = TestUpstream.start("failing").keep(false);
        good = TestUpstream.start("good").keep(false).delay(Duration.ofMillis(5));
        other = TestUpstream.start("other").keep(false).delay(Duration.ofMillis(5));
        firstHole = new Hole();
        secondHole = new Hole();
        turncoat = new Turncoat();
        gateway = Gateway.start(configuration());
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        three.forEach(InstanceProcess::close);
        failing.close();
        good.close();
        other.close();
        firstHole.close();
        secondHole.close();
        turncoat.close();
    }

    private static String configuration() {
        return """
                logging.level.sluice.access: WARN
                spring.cloud.gateway.server.webflux:
                  routes:
                    - { id: three, uri: "lb://three", predicates: [ "Path=/three/**" ] }
                    - { id: mixed, uri: "lb://mixed", predicates: [ "Path=/mixed/**" ] }
                    - { id: turncoat, uri: "lb://turncoat", predicates: [ "Path=/turncoat/**" ] }
                    - { id: holes, uri: "lb://holes", predicates: [ "Path=/holes/**" ] }
                sluice:
                  upstreams:
                    three:
                      algorithm: round-robin
                      slow-start: 2s
                      outlier-detection: { base-ejection: 2s }
                      instances: [ { uri: "%s" }, { uri: "%s" }, { uri: "%s" } ]
                    mixed:
                      outlier-detection: { base-ejection: 2s }
                      instances: [ { uri: "%s" }, { uri: "%s" }, { uri: "%s" } ]
                    turncoat:
                      outlier-detection: { enabled: false }
                      instances: [ { uri: "%s" } ]
                    holes:
                      timeouts: { connect: 2s }
                      instances: [ { uri: "%s" }, { uri: "%s" } ]
                """
                .formatted(
                        three.get(0).uri(),
                        three.get(1).uri(),
                        three.get(2).uri(),
                        failing.uri(),
                        good.uri(),
                        other.uri(),
                        turncoat.uri(),
                        firstHole.uri(),
                        secondHole.uri());
    }

    private static JsonNode instance(String upstream, String id) {
        for (JsonNode instance :
                JSON.readTree(gateway.manage("/actuator/upstreams/" + upstream).body())
                        .get("instances")) {
            if (instance.get("id").asString().equals(id)) {
                return instance;
            }
        }
        throw new AssertionError("no instance " + id);
    }

    @Test
    void killed_oneOfThreeUnderLoad_failsNoGetAndComesBackWhole() throws Exception {
        try (Load load = new Load(gateway, 16, "127.0.0.1")) {
            load.run(500, number -> Get.of("/three/warm"));
            InstanceProcess victim = three.get(1);
            Queue<Answer> answers = new ConcurrentLinkedQueue<>();
            CompletableFuture<List<Answer>> running =
                    load.start(12_000, number -> Get.of("/three/x"), answers);
            Awaitility.await().until(() -> answers.size() > 1_000);

            victim.kill();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(1))
                    .pollInterval(Duration.ofMillis(20))
                    .until(
                            () ->
                                    instance("three", victim.id())
                                            .get("health")
                                            .asString()
                                            .equals("down"));

            assertThat(running.get(120, TimeUnit.SECONDS))
                    .hasSize(12_000)
                    .allSatisfy(answer -> assertThat(answer.status()).isEqualTo(200));

            victim.restart();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(100))
                    .untilAsserted(
                            () -> {
                                List<Answer> more = load.run(300, number -> Get.of("/three/back"));
                                assertThat(Load.perUpstream(more).get("two"))
                                        .isNotNull()
                                        .isBetween(98, 102);
                            });
        }
    }

    @Test
    void fastFailing_instance_losesItsTrafficAndRegainsIt() {
        try (Load load = new Load(gateway, 16, "127.0.0.1")) {
            load.run(300, number -> Get.of("/mixed/warm"));
            failing.status(500);
            load.run(300, number -> Get.of("/mixed/learn"));

            Map<String, Integer> shares =
                    Load.perUpstream(load.run(3_000, number -> Get.of("/mixed/x")));
            assertThat(shares.getOrDefault("failing", 0)).as("of 3000").isLessThan(60);

            failing.status(200);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(100))
                    .untilAsserted(
                            () -> {
                                Map<String, Integer> now =
                                        Load.perUpstream(
                                                load.run(300, number -> Get.of("/mixed/back")));
                                assertThat(now.getOrDefault("failing", 0)).isGreaterThan(60);
                            });
        } finally {
            failing.status(200);
        }
    }

    @Test
    void dead_upstream_sees12TimesTheRequestsAtMostAndAnswers502Quickly() {
        int requests = 500;
        long before = System.nanoTime();
        try (Load load = new Load(gateway, 8, "127.0.0.1")) {
            assertThat(load.run(requests, number -> Get.of("/holes/x")))
                    .allSatisfy(answer -> assertThat(answer.status()).isIn(502, 503));
        }
        Duration each = Duration.ofNanos((System.nanoTime() - before) / requests * 8);

        int calls = firstHole.requests.get() + secondHole.requests.get();
        assertThat(calls).isLessThanOrEqualTo(requests * 12 / 10);
        assertThat(each).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void post_onAConnectionThatBreaks_isSentOnce() {
        int posts = 40;
        int before = turncoat.posts.get();
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < posts; i++) {
            // Leaves a connection in the gateway's pool, which the POST then takes and loses.
            assertThat(gateway.get("/turncoat/x").statusCode()).isEqualTo(200);
            statuses.add(
                    gateway.send(
                                    HttpRequest.newBuilder(gateway.uri("/turncoat/x"))
                                            .POST(HttpRequest.BodyPublishers.ofString("once")))
                            .statusCode());
        }
        assertThat(turncoat.posts.get() - before).isEqualTo(posts);
        assertThat(statuses).containsOnly(502);
    }

    /** Keeps its connections for GET, and on a POST reads the head and cuts the connection. */
    private static final class Turncoat implements AutoCloseable {

        private static final byte[] ANSWER =
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes();

        private final ServerSocket server = new ServerSocket(0);
        private final AtomicInteger posts = new AtomicInteger();

        Turncoat() throws IOException {
            daemon("turncoat", this::accept);
        }

        private void accept() {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    daemon("turncoat-connection", () -> serve(socket));
                } catch (SocketException closed) {
                    // The loop's condition tells whether it was ours.
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        private void serve(Socket socket) {
            try (socket) {
                for (String head = head(socket); !head.isEmpty(); head = head(socket)) {
                    if (head.startsWith("POST")) {
                        posts.incrementAndGet();
                        socket.setSoLinger(true, 0);
                        return;
                    }
                    socket.getOutputStream().write(ANSWER);
                }
            } catch (IOException gone) {
                // The gateway has closed it: nothing is left to serve.
            }
        }

        private static String head(Socket socket) throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int b = socket.getInputStream().read();
                if (b < 0) {
                    return "";
                }
                head.append((char) b);
            }
            return head.toString();
        }

        String uri() {
            return "http://127.0.0.1:" + server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Reads a request's head and closes the connection, every time. */
    private static final class Hole implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0);
        private final AtomicInteger requests = new AtomicInteger();

        Hole() throws IOException {
            Thread thread = new Thread(this::serve, "hole");
            thread.setDaemon(true);
            thread.start();
        }

        private void serve() {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    socket.setSoTimeout(5_000);
                    int matched = 0;
                    while (matched < 4) {
                        int b = socket.getInputStream().read();
                        if (b < 0) {
                            break;
                        }
                        matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
                    }
                    if (matched == 4) {
                        requests.incrementAndGet();
                    }
                } catch (SocketException closed) {
                    // The next accept tells whether it was ours.
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        String uri() {
            return "http://127.0.0.1:" + server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
