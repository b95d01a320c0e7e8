package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.RawSocket.Answer;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client may take of time, bytes and connections over HTTP/1.1, and how it is told. */
class EdgeLimitsIT {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int PER_CLIENT = 60;

    private static RecordingUpstream upstream;
    private static Gateway gateway;
    private static volatile boolean accepted;

    @BeforeAll
    static void start() {
        upstream = new RecordingUpstream();
        upstream.answer(
                "/large",
                "HTTP/1.1 200 OK\r\nContent-Length: 30000000\r\n\r\n" + "x".repeat(30_000_000),
                RecordingUpstream.Then.KEEP);
        gateway =
                Gateway.start(
                        """
                        server.http2.enabled: true
                        server.netty.idle-timeout: 3s
                        spring.cloud.gateway.server.webflux.routes:
                          - id: small
                            uri: %1$s
                            predicates: [ "Path=/small" ]
                            filters: [ { name: RequestSize, args: { maxSize: 1000B } } ]
                          - id: all
                            uri: %1$s
                            predicates: [ "Path=/**" ]
                        sluice.edge:
                          h2c: false
                          max-body-size: 100KB
                          max-connections-per-client: %2$d
                          timeouts: { first-byte: 2s, head: 2s, body: 2s, write: 2s }
                        management.endpoints.web.exposure.include: health,prometheus
                        """
                                .formatted(upstream.uri(), PER_CLIENT));
    }

    @AfterAll
    static void stop() {
        try {
            assertThat(gateway.log().lines().filter(line -> line.contains(" ERROR "))).isEmpty();
            assertThat(gateway.log()).doesNotContain("LEAK:").doesNotContain("\tat ");
        } finally {
            gateway.close();
            upstream.close();
        }
    }

    private static void assertCanary() {
        Answer canary = RawSocket.send(gateway.port(), Attack.get("/canary"));
        assertThat(canary.status()).isEqualTo(200);
        assertThat(canary.text()).endsWith("ok");
    }

    @Test
    void connection_silent_isClosedWithoutAnswer() throws IOException {
        double before = gateway.cut("first_byte");
        try (Socket socket = RawSocket.connect(gateway.port())) {
            assertThat(RawSocket.read(socket).status()).isZero();
        }
        assertThat(gateway.cut("first_byte")).isGreaterThan(before);
    }

    @Test
    void connection_idleAfterAnswer_isClosed() throws IOException {
        try (Socket socket = RawSocket.connect(gateway.port())) {
            RawSocket.write(socket, Attack.get("/idle"));
            assertThat(RawSocket.read(socket).status()).isEqualTo(200);
            assertThat(RawSocket.read(socket).status()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void head_byteByByte_is408(boolean second) throws IOException {
        try (Socket socket = RawSocket.connect(gateway.port())) {
            if (second) {
                RawSocket.write(socket, Attack.get("/first"));
                assertThat(RawSocket.read(socket).status()).isEqualTo(200);
            }
            RawSocket.write(socket, "GET /slow-head HTTP/1.1\r\nHost: shop\r\nX-Slow: ");
            Answer answer = RawSocket.trickle(socket, 'x');
            assertProblem(answer, 408, "slow-request");
            assertThat(RawSocket.read(socket).status()).isZero();
        }
        assertThat(upstream.received()).noneMatch(r -> r.line().contains("/slow-head"));
        assertCanary();
    }

    private static void assertProblem(Answer answer, int status, String error) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.text().toLowerCase(java.util.Locale.ROOT))
                .contains("content-type: application/problem+json")
                .contains("cache-control: no-store")
                .contains("\"error\":\"" + error + "\"")
                .contains("\"status\":" + status)
                .contains("\"requestid\":\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1000", "Transfer-Encoding: chunked"})
    void body_byteByByte_is408AndUpstreamIsAborted(String framing) throws IOException {
        int before = upstream.cutShort();
        try (Socket socket = RawSocket.connect(gateway.port())) {
            String start = framing.startsWith("T") ? "3e8\r\n" : "";
            RawSocket.write(socket, Attack.request("POST", "/slow-body", framing) + "\r\n" + start);
            assertProblem(RawSocket.trickle(socket, 'x'), 408, "slow-body");
        }
        Awaitility.await().atMost(SOON).until(() -> upstream.cutShort() > before);
        assertCanary();
    }

    @Test
    void response_notTaken_isCut() throws IOException {
        double before = gateway.cut("write");
        try (Socket socket = RawSocket.connect(gateway.port())) {
            RawSocket.write(socket, Attack.get("/large"));
            Awaitility.await().atMost(SOON).until(() -> gateway.cut("write") > before);
        }
        assertCanary();
    }

    @Test
    void body_lengthTooLarge_is413AndUpstreamSeesNothing() throws IOException {
        try (Socket socket = RawSocket.connect(gateway.port())) {
            RawSocket.write(
                    socket,
                    Attack.request("POST", "/length-too-large", "Content-Length: 102401") + "\r\n");
            assertProblem(RawSocket.read(socket), 413, "content-too-large");
        }
        assertThat(upstream.received()).noneMatch(r -> r.line().contains("length-too-large"));
    }

    @ParameterizedTest
    @CsvSource({"/chunked-too-large, 102400", "/small, 1000"})
    void body_chunkedTooLarge_is413AndUpstreamIsAborted(String path, int most) throws IOException {
        int before = upstream.cutShort();
        try (Socket socket = RawSocket.connect(gateway.port())) {
            String chunk = "64\r\n" + "x".repeat(100) + "\r\n";
            RawSocket.write(
                    socket,
                    Attack.request("POST", path, "Transfer-Encoding: chunked")
                            + "\r\n"
                            + chunk.repeat(most / 100)
                            + "1\r\nx\r\n");
            assertProblem(RawSocket.read(socket), 413, "content-too-large");
        }
        Awaitility.await().atMost(SOON).until(() -> upstream.cutShort() > before);
        assertCanary();
    }

    @ParameterizedTest
    @CsvSource({"/chunked-just-fits, 102400", "/small, 1000"})
    void body_chunkedThatJustFits_passes(String path, int most) {
        String chunk = "64\r\n" + "x".repeat(100) + "\r\n";
        Answer answer =
                RawSocket.send(
                        gateway.port(),
                        Attack.request("POST", path, "Transfer-Encoding: chunked")
                                + "\r\n"
                                + chunk.repeat(most / 100)
                                + "0\r\n\r\n");
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(upstream.received())
                .anyMatch(r -> r.line().contains(path) && r.body().length() == most);
    }

    /** A client that sends on and reads later must not lose the answer to a reset. */
    @Test
    void body_farTooLarge_answerCanStillBeRead() throws IOException {
        try (Socket socket = RawSocket.connect(gateway.port())) {
            RawSocket.write(
                    socket,
                    Attack.request("POST", "/far-too-large", "Content-Length: 3000000")
                            + "\r\n"
                            + "x".repeat(3_000_000));
            assertProblem(RawSocket.read(socket), 413, "content-too-large");
        }
        assertCanary();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "POST /x HTTP/1.1|Host: a|Content-Length: 1|Content-Length: 2||; 400; bad-request",
                "GET /x HTTP/1.1|Host: a|no colon||; 400; bad-request",
                "nonsense||; 400; bad-request",
                "GET /x HTTP/1.1|Host: a|X: LONG||; 431; headers-too-large",
                "GET /LONG HTTP/1.1|Host: a||; 414; target-too-long"
            })
    void unreadableRequest_isAProblemToo(String request, int status, String error)
            throws IOException {
        String bytes = request.replace("|", "\r\n").replace("LONG", "x".repeat(10_000));
        try (Socket socket = RawSocket.connect(gateway.port())) {
            RawSocket.write(socket, bytes);
            assertProblem(RawSocket.read(socket), status, error);
            assertThat(RawSocket.read(socket).status()).isZero();
        }
    }

    @Test
    void connections_moreThanAClientMay_areClosedAtOnce() throws IOException {
        double before = gateway.cut("client");
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < PER_CLIENT + 5; i++) {
                open.add(RawSocket.connect(gateway.port()));
            }
            Awaitility.await().atMost(SOON).until(() -> gateway.cut("client") >= before + 5);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        Awaitility.await()
                .atMost(SOON)
                .until(() -> RawSocket.send(gateway.port(), Attack.get("/canary")).status() == 200);
    }

    /** With {@code server.http2.enabled}, but {@code sluice.edge.h2c} off. */
    @Test
    void h2c_keptToTls_isNotSpoken() {
        Answer known =
                RawSocket.send(
                        gateway.port(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
        assertThat(known.status()).isIn(0, 400, 405);

        Answer upgraded =
                RawSocket.send(
                        gateway.port(),
                        Attack.get(
                                "/upgrade",
                                "Connection: Upgrade, HTTP2-Settings",
                                "Upgrade: h2c",
                                "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"));
        assertThat(upgraded.status()).isEqualTo(200);
        assertThat(upstream.received())
                .filteredOn(r -> r.line().contains("/upgrade"))
                .allSatisfy(
                        r -> {
                            assertThat(r.values("Upgrade")).isEmpty();
                            assertThat(r.values("HTTP2-Settings")).isEmpty();
                        });
    }

    /** Requests piled up behind one that is slow must not pile up in memory without end. */
    @Test
    void pipeline_withoutEnd_isHeldBack() throws IOException {
        upstream.answer("/hang", "", RecordingUpstream.Then.HANG);
        byte[] many =
                Attack.get("/piled-" + ThreadLocalRandom.current().nextInt(1_000_000))
                        .repeat(20_000)
                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        try (Socket socket = RawSocket.connect(gateway.port())) {
            RawSocket.write(socket, Attack.get("/hang"));
            Thread writer =
                    new Thread(
                            () -> {
                                try {
                                    for (int i = 0; i < 200; i++) {
                                        socket.getOutputStream().write(many);
                                    }
                                    accepted = true;
                                } catch (IOException closed) {
                                    // The test has ended.
                                }
                            });
            writer.setDaemon(true);
            writer.start();
            Awaitility.await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
            assertThat(accepted).as("all of 200 MB read ahead").isFalse();
            assertCanary();
        }
    }
}
