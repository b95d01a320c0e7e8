package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.RawSocket.Answer;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Floods over HTTP/2, by frames written by hand: each ends in GOAWAY, a good request is answered
 * after it, and when all are over no memory is kept.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class Http2FloodIT {

    private static final int PROTOCOL_ERROR = 1;
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final int MOST_CONNECTIONS = 40;
    private static final long MOST_GROWTH = 50L * 1024 * 1024;
    private static final byte[] NONE = new byte[0];

    private static RecordingUpstream upstream;
    private static Gateway gateway;
    private static long heapBefore;

    @BeforeAll
    static void start() throws IOException {
        upstream = new RecordingUpstream();
        gateway =
                Gateway.start(
                        """
                        server.http2.enabled: true
                        spring.cloud.gateway.server.webflux.routes:
                          - { id: all, uri: "%s", predicates: [ "Path=/**" ] }
                        sluice.edge:
                          max-control-frames: 200
                          max-connections: %d
                          timeouts: { head: 2s, body: 2s }
                        """
                                .formatted(upstream.uri(), MOST_CONNECTIONS));
        assertGoodRequest();
        heapBefore = gateway.liveHeapBytes();
    }

    @AfterAll
    static void stop() throws IOException {
        try {
            assertThat(gateway.liveHeapBytes() - heapBefore).isLessThan(MOST_GROWTH);
            assertThat(gateway.log().lines().filter(line -> line.contains(" ERROR "))).isEmpty();
            assertThat(gateway.log()).doesNotContain("LEAK:").doesNotContain("\tat ");
        } finally {
            gateway.close();
            upstream.close();
        }
    }

    @AfterEach
    void goodRequest_isAnswered() throws IOException {
        assertGoodRequest();
    }

    private static void assertGoodRequest() throws IOException {
        try (Http2Socket socket = new Http2Socket(gateway.port())) {
            assertThat(socket.answeredOk(socket.get("/canary"))).isTrue();
        }
    }

    /** Frames that cost the server something and bring nothing. */
    private enum Flood {
        PING {
            @Override
            void send(Http2Socket socket, int i) throws IOException {
                socket.frame(Http2Socket.PING, 0, 0, new byte[8]);
            }
        },
        SETTINGS {
            @Override
            void send(Http2Socket socket, int i) throws IOException {
                socket.frame(Http2Socket.SETTINGS, 0, 0, NONE);
            }
        },
        PRIORITY {
            @Override
            void send(Http2Socket socket, int i) throws IOException {
                socket.frame(Http2Socket.PRIORITY, 0, 2 * i + 3, new byte[] {0, 0, 0, 0, 16});
            }
        },
        UNKNOWN_FRAMES {
            @Override
            void send(Http2Socket socket, int i) throws IOException {
                socket.frame(0xb0, 0, 0, NONE);
            }
        },
        EMPTY_DATA {
            @Override
            void send(Http2Socket socket, int i) throws IOException {
                if (i == 0) {
                    socket.post("/empty");
                }
                socket.frame(Http2Socket.DATA, 0, 1, NONE);
            }
        },
        RAPID_RESET {
            @Override
            void send(Http2Socket socket, int i) throws IOException {
                int stream = socket.get("/reset");
                socket.frame(Http2Socket.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
            }
        },
        /** The client makes the server reset: a window update of nothing is a stream error. */
        MADE_YOU_RESET {
            @Override
            void send(Http2Socket socket, int i) throws IOException {
                int stream = socket.post("/made-reset");
                socket.frame(Http2Socket.WINDOW_UPDATE, 0, stream, new byte[4]);
            }
        },
        EMPTY_CONTINUATION {
            @Override
            void send(Http2Socket socket, int i) throws IOException {
                if (i == 0) {
                    socket.frame(Http2Socket.HEADERS, 0, socket.open(), NONE);
                }
                socket.frame(Http2Socket.CONTINUATION, 0, 1, NONE);
            }
        },
        CONTINUATION {
            @Override
            void send(Http2Socket socket, int i) throws IOException {
                if (i == 0) {
                    socket.frame(
                            Http2Socket.HEADERS,
                            0,
                            socket.open(),
                            Http2Socket.block(0x82, "/continued"));
                }
                byte[] field = new byte[100];
                Arrays.fill(field, (byte) 'x');
                field[0] = 0;
                field[1] = 1;
                field[3] = 96;
                socket.frame(Http2Socket.CONTINUATION, 0, 1, field);
            }
        },
        /** One entry of the table, four thousand times in each block (RFC 7541 section 7.3). */
        HPACK_BOMB {
            @Override
            void send(Http2Socket socket, int i) throws IOException {
                byte[] head = Http2Socket.block(0x82, "/bomb");
                byte[] entry = new byte[3_000];
                Arrays.fill(entry, (byte) 'x');
                byte[] bomb =
                        ByteBuffer.allocate(head.length + 6 + entry.length + 4_000)
                                .put(head)
                                .put(new byte[] {0x40, 1, 'x', 127, (byte) (0x39 | 0x80), 22})
                                .put(entry)
                                .array();
                Arrays.fill(bomb, head.length + 6 + entry.length, bomb.length, (byte) 0xbe);
                socket.frame(
                        Http2Socket.HEADERS,
                        Http2Socket.END_STREAM | Http2Socket.END_HEADERS,
                        socket.open(),
                        bomb);
            }
        };

        abstract void send(Http2Socket socket, int i) throws IOException;
    }

    @ParameterizedTest
    @EnumSource(Flood.class)
    void flood_endsInGoAway(Flood flood) throws IOException {
        try (Http2Socket socket = new Http2Socket(gateway.port())) {
            try {
                for (int i = 0; i < 2_000; i++) {
                    flood.send(socket, i);
                }
            } catch (IOException ended) {
                // In the midst of it, as it must.
            }
            assertThat(socket.awaitGoAway()).isIn(PROTOCOL_ERROR, ENHANCE_YOUR_CALM, -1);
        }
    }

    /** The size of the table changed five hundred times before each head. */
    @Test
    void table_changedWithoutEnd_isBounded() throws IOException {
        try (Http2Socket socket = new Http2Socket(gateway.port())) {
            byte[] head = Http2Socket.block(0x82, "/churn");
            ByteBuffer block = ByteBuffer.allocate(4 * 500 + head.length);
            for (int i = 0; i < 500; i++) {
                block.put((byte) 0x20).put(new byte[] {0x3f, (byte) 0xe1, 0x1f});
            }
            block.put(head);
            for (int i = 0; i < 100; i++) {
                socket.frame(
                        Http2Socket.HEADERS,
                        Http2Socket.END_STREAM | Http2Socket.END_HEADERS,
                        socket.open(),
                        block.array());
            }
            assertThat(socket.answeredOk(199)).isTrue();
        } catch (SocketTimeoutException silent) {
            throw silent;
        } catch (IOException ended) {
            // As good.
        }
    }

    /** More of them than there may be, or too long together (row G7). */
    @ParameterizedTest
    @ValueSource(strings = {"x-a", "cookie"})
    void fields_tooMany_areRefused(String name) throws IOException {
        upstream.forget();
        String[] fields = new String[6_000];
        for (int i = 0; i < fields.length; i += 2) {
            fields[i] = name;
            fields[i + 1] = "a=" + i;
        }
        byte[] block = Http2Socket.block(0x82, "/fields", fields);
        try (Http2Socket socket = new Http2Socket(gateway.port())) {
            int stream = socket.open();
            int from = 0;
            for (int i = 0; from < block.length; i++) {
                int to = Math.min(block.length, from + 16_000);
                socket.frame(
                        i == 0 ? Http2Socket.HEADERS : Http2Socket.CONTINUATION,
                        (i == 0 ? Http2Socket.END_STREAM : 0)
                                | (to == block.length ? Http2Socket.END_HEADERS : 0),
                        stream,
                        Arrays.copyOfRange(block, from, to));
                from = to;
            }
            assertThat(socket.status(stream)).isIn(0, 431);
        } catch (SocketTimeoutException silent) {
            throw silent;
        } catch (IOException ended) {
            // With GOAWAY, as good.
        }
        assertThat(upstream.received()).noneMatch(r -> r.line().contains("/fields"));
    }

    @Test
    void connections_moreThanThereMayBe_areClosedAtOnce() throws IOException {
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < MOST_CONNECTIONS; i++) {
                open.add(RawSocket.connect(gateway.port()));
            }
            try (Socket oneMore = RawSocket.connect(gateway.port())) {
                assertThat(RawSocket.read(oneMore).status()).isZero();
            }
            assertThat(gateway.manage("/actuator/prometheus").body())
                    .containsPattern("sluice_connections_cut_total\\{reason=\"total\"} [1-9]");
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> isServed());
    }

    private static boolean isServed() {
        Answer answer = RawSocket.send(gateway.port(), Attack.get("/canary"));
        return answer.status() == 200;
    }
}
