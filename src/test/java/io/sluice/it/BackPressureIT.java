package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A hundred bodies that one side does not take: what the gateway holds of each. They are larger
 * than what the kernel takes for a connection, 6 MiB by default.
 */
class BackPressureIT {

    private static final int REQUESTS = 100;
    private static final int CHUNKS = 400;
    private static final long SIZE = (long) CHUNKS * StreamUpstream.CHUNK;
    private static final long MOST_BYTES = 256 * 1024;

    /** Of the requests, how many are seen to their end when the other side goes on. */
    private static final int FINISHED = 10;

    /** Of both ends' receive buffers: the kernel is to hold little in the gateway's stead. */
    private static final int WINDOW_BYTES = 32 * 1024;

    private static final long QUIET_NANOS = 1_000_000_000L;

    private static StreamUpstream upstream;
    private static Gateway gateway;
    private static JvmDiagnostics jvm;
    private static long idleBytes;

    @BeforeAll
    static void start() throws IOException {
        upstream = new StreamUpstream(WINDOW_BYTES);
        gateway =
                Gateway.launch(
                                """
                                spring.cloud.gateway.server.webflux.routes:
                                  - { id: all, uri: "lb://streams", predicates: [ "Path=/**" ] }
                                sluice.upstreams.streams.instances:
                                  - { uri: "http://%s" }
                                """
                                        .formatted(upstream.address()),
                                Map.of("JDK_JAVA_OPTIONS", JvmDiagnostics.TRACKING))
                        .awaitReady();
        jvm = new JvmDiagnostics(gateway.pid());
        try (Clients warm = new Clients(5)) {
            warm.send("GET /download?" + CHUNKS + " HTTP/1.1\r\nHost: g\r\n\r\n");
            warm.finishDownloads(5);
        }
        idleBytes = jvm.memoryBytes();
    }

    @AfterAll
    static void stop() {
        upstream.close();
        if (gateway != null) {
            gateway.detectLeaks();
            gateway.close();
        }
    }

    @AfterEach
    void nothingInProgress() {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> upstream.open() == 0);
    }

    @Test
    void download_clientsThatDoNotRead_holdLittleEach() throws IOException {
        upstream.produced().set(0);
        try (Clients clients = new Clients(REQUESTS)) {
            clients.send("GET /download?" + CHUNKS + " HTTP/1.1\r\nHost: g\r\n\r\n");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> upstream.open() == REQUESTS);
            long produced = settled(upstream.produced());
            assertThat(produced).as("bytes that left the upstream").isLessThan(REQUESTS * SIZE);
            assertEachBelowTheMost();
            clients.finishDownloads(FINISHED);
        }
    }

    @Test
    void upload_upstreamsThatDoNotRead_holdLittleEach() throws IOException {
        try (Clients clients = new Clients(REQUESTS)) {
            clients.send(
                    "POST /gated-upload?back-pressure HTTP/1.1\r\nHost: g\r\nContent-Length: "
                            + SIZE
                            + "\r\n\r\n");
            long sent = clients.upload();
            assertThat(sent).as("bytes that left the clients").isLessThan(REQUESTS * SIZE);
            assertThat(upstream.open()).isEqualTo(REQUESTS);
            assertEachBelowTheMost();
            upstream.pass("back-pressure");
            clients.finishUploads(FINISHED);
        }
    }

    private static void assertEachBelowTheMost() {
        long each = (jvm.memoryBytes() - idleBytes) / REQUESTS;
        System.out.printf("%d KiB each, heap and direct buffers%n", each / 1024);
        assertThat(each).as("bytes of heap and direct buffers per request").isLessThan(MOST_BYTES);
    }

    /** The count once it has stood still for a second. */
    private static long settled(AtomicLong count) {
        AtomicLong last = new AtomicLong(-1);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> last.getAndSet(count.get()) == count.get());
        return count.get();
    }

    private static final class Clients implements AutoCloseable {

        private final List<SocketChannel> channels = new ArrayList<>();
        private final List<Long> sent = new ArrayList<>();
        private final ByteBuffer body = ByteBuffer.allocateDirect(StreamUpstream.CHUNK);

        Clients(int count) throws IOException {
            for (int i = 0; i < count; i++) {
                SocketChannel channel = SocketChannel.open();
                channels.add(channel);
                sent.add(0L);
                channel.setOption(StandardSocketOptions.SO_RCVBUF, WINDOW_BYTES);
                channel.setOption(StandardSocketOptions.SO_SNDBUF, WINDOW_BYTES);
                channel.connect(new InetSocketAddress("127.0.0.1", gateway.port()));
            }
        }

        void send(String head) throws IOException {
            for (SocketChannel channel : channels) {
                channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.ISO_8859_1)));
                channel.configureBlocking(false);
            }
        }

        /** Writes to all in turn until nobody has taken a byte for a second; the bytes taken. */
        long upload() {
            AtomicLong total = new AtomicLong();
            AtomicLong lastNanos = new AtomicLong(System.nanoTime());
            Awaitility.await()
                    .atMost(Duration.ofSeconds(100))
                    .pollInterval(Duration.ofMillis(10))
                    .until(
                            () -> {
                                long now = 0;
                                for (int i = 0; i < channels.size(); i++) {
                                    now += write(i);
                                }
                                if (now > 0) {
                                    total.addAndGet(now);
                                    lastNanos.set(System.nanoTime());
                                }
                                return System.nanoTime() - lastNanos.get() > QUIET_NANOS;
                            });
            return total.get();
        }

        /** Writes what the connection takes now. */
        private long write(int i) throws IOException {
            long now = 0;
            while (sent.get(i) < SIZE) {
                body.clear().limit((int) Math.min(body.capacity(), SIZE - sent.get(i)));
                int taken = channels.get(i).write(body);
                if (taken == 0) {
                    return now;
                }
                sent.set(i, sent.get(i) + taken);
                now += taken;
            }
            return now;
        }

        void finishDownloads(int count) throws IOException {
            for (SocketChannel channel : channels.subList(0, count)) {
                channel.configureBlocking(true);
                long read = 0;
                while (read < SIZE) {
                    int some = channel.read(body.clear());
                    assertThat(some).as("after %d bytes", read).isPositive();
                    read += some;
                }
            }
        }

        void finishUploads(int count) throws IOException {
            for (int i = 0; i < count; i++) {
                channels.get(i).configureBlocking(true);
                write(i);
                ByteBuffer answer = ByteBuffer.allocate(4096);
                while (!text(answer).endsWith(Long.toString(SIZE))) {
                    assertThat(channels.get(i).read(answer)).as(text(answer)).isPositive();
                }
                assertThat(text(answer)).startsWith("HTTP/1.1 200 ");
            }
        }

        private static String text(ByteBuffer buffer) {
            return new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }
}
