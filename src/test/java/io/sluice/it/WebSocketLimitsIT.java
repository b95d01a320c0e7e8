package io.sluice.it;

import static io.sluice.it.WebSocketFrames.COMPRESSED;
import static io.sluice.it.WebSocketFrames.CONTINUATION;
import static io.sluice.it.WebSocketFrames.LAST;
import static io.sluice.it.WebSocketFrames.PING;
import static io.sluice.it.WebSocketFrames.PONG;
import static io.sluice.it.WebSocketFrames.TEXT;
import static io.sluice.it.WebSocketFrames.frame;
import static io.sluice.it.WebSocketFrames.ofClient;
import static io.sluice.it.WebSocketFrames.ofServer;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.WebSocketFrames.Frame;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What either side of a WebSocket may send, by frames written by hand; row I11. */
@Together
class WebSocketLimitsIT {

    private static final int NORMAL = 1000;
    private static final int PROTOCOL_ERROR = 1002;
    private static final int POLICY = 1008;
    private static final int TOO_BIG = 1009;
    private static final byte[] NONE = {};

    private static WebSocketUpstream upstream;
    private static Gateway gateway;

    /** Bytes that one side sends, and the status with which the gateway closes that side. */
    private record Offence(String name, byte[] bytes, int status) {

        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void start() {
        upstream = new WebSocketUpstream();
        gateway =
                Gateway.start(
                        """
                        spring.cloud.gateway.server.webflux.routes:
                          - { id: all, uri: "%s", predicates: [ "Path=/**" ] }
                        sluice.edge.max-control-frames: 200
                        """
                                .formatted(upstream.uri()));
    }

    @AfterAll
    static void stop() throws IOException {
        try {
            assertThat(gateway.log().lines().filter(line -> line.contains(" ERROR "))).isEmpty();
            assertThat(gateway.log()).doesNotContain("LEAK:").doesNotContain("\tat ");
        } finally {
            gateway.close();
            upstream.close();
        }
    }

    @AfterEach
    void goodSocket_isServed() throws IOException {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> upstream.open() == 0);
        try (WebSocketSocket socket = new WebSocketSocket(gateway.port(), "/canary")) {
            socket.send("canary");
            assertThat(socket.next()).isEqualTo("canary");
        }
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> upstream.open() == 0);
    }

    private static byte[] many(int count, byte[] frame) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            all.writeBytes(frame);
        }
        return all.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Stream.of(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }

    static Stream<Offence> ofClients() {
        byte[] big = new byte[40_000];
        return Stream.of(
                new Offence("frame", ofClient(LAST | TEXT, new byte[70_000]), TOO_BIG),
                new Offence(
                        "announced frame",
                        frame(LAST | TEXT, true, 100_000_000, new byte[1000]),
                        TOO_BIG),
                new Offence(
                        "message of fragments",
                        joined(ofClient(TEXT, big), ofClient(CONTINUATION, big)),
                        TOO_BIG),
                new Offence(
                        "compressed frame",
                        ofClient(LAST | COMPRESSED | TEXT, new byte[10]),
                        PROTOCOL_ERROR),
                new Offence("frame without mask", ofServer(LAST | TEXT, NONE), PROTOCOL_ERROR),
                new Offence("unknown frame", ofClient(LAST | 3, NONE), PROTOCOL_ERROR),
                new Offence("long ping", ofClient(LAST | PING, new byte[126]), PROTOCOL_ERROR),
                new Offence("ping in fragments", ofClient(PING, NONE), PROTOCOL_ERROR),
                new Offence("end of nothing", ofClient(LAST, NONE), PROTOCOL_ERROR),
                new Offence("pings", many(2_000, ofClient(LAST | PING, NONE)), POLICY),
                new Offence("pongs", many(2_000, ofClient(LAST | PONG, NONE)), POLICY),
                new Offence(
                        "empty fragments",
                        joined(ofClient(TEXT, NONE), many(2_000, ofClient(CONTINUATION, NONE))),
                        POLICY));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ofClients")
    void client_thatBreaksTheRules_isToldAndUpstreamSeesNoData(Offence offence) throws IOException {
        upstream.received().clear();
        try (WebSocketSocket socket = new WebSocketSocket(gateway.port(), "/offence")) {
            try {
                socket.write(offence.bytes());
            } catch (SocketException endedMidway) {
                // The close frame is still to be read.
            }
            assertThat(closeOf(socket)).isEqualTo(offence.status());
        }
        assertThat(upstream.received()).noneMatch(frame -> frame.kind() == TEXT);
    }

    /** The status of the close frame; whatever else comes before it is passed over. */
    private static int closeOf(WebSocketSocket socket) throws IOException {
        Frame frame = socket.read();
        while (frame.kind() != WebSocketFrames.CLOSE) {
            frame = socket.read();
        }
        return frame.closeStatus();
    }

    static Stream<Offence> ofUpstreams() {
        byte[] big = new byte[40_000];
        return Stream.of(
                new Offence("frame", ofServer(LAST | TEXT, new byte[70_000]), 0),
                new Offence(
                        "announced frame",
                        frame(LAST | TEXT, false, 100_000_000, new byte[1000]),
                        0),
                new Offence(
                        "message of fragments",
                        joined(ofServer(TEXT, big), ofServer(CONTINUATION, big)),
                        0),
                new Offence(
                        "compressed frame", ofServer(LAST | COMPRESSED | TEXT, new byte[10]), 0),
                new Offence("masked frame", ofClient(LAST | TEXT, new byte[10]), 0),
                new Offence("garbage", many(100, new byte[] {'x', 'y', 'z'}), 0),
                new Offence("pings", many(2_000, ofServer(LAST | PING, NONE)), 0),
                new Offence(
                        "empty fragments",
                        joined(ofServer(TEXT, NONE), many(2_000, ofServer(CONTINUATION, NONE))),
                        0));
    }

    /** The client gets no part of a message, and its own connection ends in order. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("ofUpstreams")
    void upstream_thatBreaksTheRules_endsBothSides(Offence offence) throws IOException {
        upstream.say("/evil", offence.bytes());
        try (WebSocketSocket socket = new WebSocketSocket(gateway.port(), "/evil")) {
            Frame frame = socket.read();
            int pings = 0;
            while (frame.kind() == PING) {
                pings++;
                frame = socket.read();
            }
            assertThat(pings).isLessThan(1_000);
            assertThat(frame.kind()).isEqualTo(WebSocketFrames.CLOSE);
            assertThat(frame.closeStatus()).isNotEqualTo(NORMAL);
        } catch (EOFException endedWithoutAWord) {
            // As good: nothing of a message has come.
        }
    }

    /** Fragments that come before the upstream has agreed are not lost, nor pings between them. */
    @Test
    void messageInFragments_withPingsBetween_passesWhole() throws IOException {
        upstream.received().clear();
        try (WebSocketSocket socket = new WebSocketSocket(gateway.port(), "/fragments")) {
            byte[] part = "x".repeat(20_000).getBytes(java.nio.charset.StandardCharsets.UTF_8);
            socket.write(
                    joined(
                            ofClient(TEXT, part),
                            many(100, ofClient(LAST | PING, NONE)),
                            ofClient(CONTINUATION, part),
                            ofClient(LAST, part)));
            Frame echo = socket.read();
            while (echo.kind() != TEXT) {
                echo = socket.read();
            }
            assertThat(echo.payload()).hasSize(60_000);
        }
    }
}
