package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client may take over HTTP/2, by frames written by hand; after each a good request. */
@Together
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class Http2EdgeIT {

    private static final int PROTOCOL_ERROR = 1;
    private static final int ENHANCE_YOUR_CALM = 11;

    private static RecordingUpstream upstream;
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        upstream = new RecordingUpstream();
        upstream.answer(
                "/large",
                "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(1_000_000),
                RecordingUpstream.Then.KEEP);
        gateway =
                Gateway.start(
                        """
                        server.http2.enabled: true
                        spring.cloud.gateway.server.webflux.routes:
                          - id: all
                            uri: %s
                            predicates: [ "Path=/**" ]
                        sluice.edge:
                          h2c: true
                          max-body-size: 10KB
                          max-control-frames: 200
                          timeouts: { head: 2s, body: 2s, write: 3s }
                        """
                                .formatted(upstream.uri()));
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

    @AfterEach
    void goodRequest_isAnswered() throws IOException {
        try (Http2Socket socket = new Http2Socket(gateway.port())) {
            assertThat(socket.answeredOk(socket.get("/canary"))).isTrue();
        }
    }

    @Test
    void body_tooLarge_is413AndUpstreamIsAborted() throws IOException {
        int before = upstream.cutShort();
        try (Http2Socket socket = new Http2Socket(gateway.port())) {
            int stream = socket.post("/too-large");
            byte[] part = new byte[1_000];
            for (int i = 0; i < 11; i++) {
                socket.frame(Http2Socket.DATA, 0, stream, part);
            }
            assertThat(socket.status(stream)).isEqualTo(413);
            assertThat(socket.answeredOk(socket.get("/same-connection"))).isTrue();
        }
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> upstream.cutShort() > before);
    }

    @Test
    void body_tooSlow_is408() throws IOException {
        try (Http2Socket socket = new Http2Socket(gateway.port())) {
            int stream = socket.post("/slow");
            socket.frame(Http2Socket.DATA, 0, stream, new byte[10]);
            assertThat(socket.status(stream)).isEqualTo(408);
        }
    }

    @Test
    void headers_halfSent_endTheConnection() throws IOException {
        try (Http2Socket socket = new Http2Socket(gateway.port())) {
            byte[] block = Http2Socket.block(0x82, "/half");
            socket.frame(Http2Socket.HEADERS, Http2Socket.END_STREAM, socket.open(), block);
            assertThat(socket.awaitGoAway()).isIn(PROTOCOL_ERROR, ENHANCE_YOUR_CALM, -1);
        }
        assertThat(upstream.received()).noneMatch(r -> r.line().contains("/half"));
    }

    /**
     * A window of one byte, for a hundred responses of a million, on a connection that is alive.
     */
    @Test
    void response_windowNeverOpened_isReset() throws IOException {
        try (Http2Socket socket = new Http2Socket(gateway.port())) {
            byte[] oneByte = ByteBuffer.allocate(6).putShort((short) 4).putInt(1).array();
            socket.frame(Http2Socket.SETTINGS, 0, 0, oneByte);
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                streams.add(socket.get("/large"));
            }
            for (int stream : streams) {
                assertThat(socket.answeredOk(stream)).isFalse();
            }
        }
    }

    /** Row G6: as many as the gateway's settings say, while none is answered. */
    @Test
    void streams_moreThanAtOnce_areRefused() throws IOException {
        upstream.answer("/hanging", "", RecordingUpstream.Then.HANG);
        upstream.forget();
        try (Http2Socket socket = new Http2Socket(gateway.port())) {
            for (int i = 0; i < 100; i++) {
                socket.get("/hanging");
            }
            for (int i = 0; i < 50; i++) {
                assertThat(socket.status(socket.get("/beyond"))).isZero();
            }
        } catch (SocketTimeoutException silent) {
            throw silent;
        } catch (IOException connectionEnded) {
            // Of so many resets, as good.
        }
        assertThat(upstream.received()).noneMatch(r -> r.line().contains("/beyond"));
    }

    /** What only a gateway may say does not pass in this protocol either. */
    @Test
    void reservedHeaders_areRemoved() throws IOException {
        upstream.forget();
        List<String> names =
                List.of(
                        "x-forwarded-for",
                        "x-forwarded-prefix",
                        "forwarded",
                        "x-real-ip",
                        "x_real_ip",
                        "x-original-url",
                        "x-rewrite-url",
                        "x-http-method-override",
                        "x-client-cert",
                        "client-cert",
                        "x-envoy-original-path",
                        "proxy");
        String[] fields =
                names.stream()
                        .flatMap(name -> List.of(name, "evil").stream())
                        .toArray(String[]::new);
        try (Http2Socket socket = new Http2Socket(gateway.port())) {
            int stream = socket.open();
            socket.frame(
                    Http2Socket.HEADERS,
                    Http2Socket.END_STREAM | Http2Socket.END_HEADERS,
                    stream,
                    Http2Socket.block(0x82, "/spoofed", fields));
            assertThat(socket.answeredOk(stream)).isTrue();
        }
        assertThat(upstream.received())
                .filteredOn(r -> r.line().contains("/spoofed"))
                .singleElement()
                .satisfies(
                        r -> assertThat(r.head().toLowerCase(Locale.ROOT)).doesNotContain("evil"));
    }

    /** Connection-specific fields make a request malformed (RFC 9113 section 8.2.2). */
    @ParameterizedTest
    @EnumSource(Malformed.class)
    void malformedHead_isRefused(Malformed malformed) throws IOException {
        upstream.forget();
        try (Http2Socket socket = new Http2Socket(gateway.port())) {
            int stream = socket.open();
            socket.frame(
                    Http2Socket.HEADERS,
                    Http2Socket.END_STREAM | Http2Socket.END_HEADERS,
                    stream,
                    Http2Socket.block(0x82, "/malformed", malformed.name, malformed.value));
            int status;
            try {
                status = socket.status(stream);
            } catch (SocketTimeoutException silent) {
                throw silent;
            } catch (IOException connectionEnded) {
                status = 0;
            }
            assertThat(status).isIn(0, 400);
        }
        assertThat(upstream.received()).noneMatch(r -> r.line().contains("/malformed"));
    }

    private enum Malformed {
        UPPER_CASE("X-Upper", "a"),
        CONNECTION("connection", "close"),
        TRANSFER_ENCODING("transfer-encoding", "chunked"),
        UPGRADE("upgrade", "websocket"),
        KEEP_ALIVE("keep-alive", "1"),
        CARRIAGE_RETURN("x-cr", "a\rb"),
        LINE_FEED("x-lf", "a\nb"),
        NUL("x-nul", "a\0b"),
        SECOND_PATH(":path", "/other"),
        SPACE_IN_NAME("x y", "a");

        private final String name;
        private final String value;

        Malformed(String name, String value) {
            this.name = name;
            this.value = value;
        }
    }
}
