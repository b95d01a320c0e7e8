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
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Two thousand clients that never finish their heads, and one that only wants its answers. */
class SlowClientsIT {

    private static final int SLOW = 2_000;
    private static final int REQUESTS = 400;
    private static final int ROUNDS = 5;

    /** The best of some rounds: a busy machine can spoil one, but cannot make a bad one good. */
    @Test
    void slowClients_leaveAGoodOnesTimesAlone_andAreGoneInTime() throws IOException {
        try (RecordingUpstream upstream = new RecordingUpstream();
                Gateway gateway =
                        Gateway.start(
                                """
                                spring.cloud.gateway.server.webflux.routes:
                                  - { id: all, uri: "%s", predicates: [ "Path=/**" ] }
                                sluice.edge.timeouts: { first-byte: 5s, head: 5s }
                                """
                                        .formatted(upstream.uri()))) {
            percentile99(gateway);
            double best = Double.MAX_VALUE;
            for (int round = 0; round < ROUNDS && best >= 2; round++) {
                double alone = percentile99(gateway);
                try (Crowd crowd = new Crowd(gateway.port())) {
                    crowd.trickle();
                    double among = percentile99(gateway);
                    best = Math.min(best, among / alone);
                    System.out.printf("p99 alone %.2f ms, among %.2f ms%n", alone, among);
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(60))
                            .pollInterval(Duration.ofMillis(500))
                            .until(
                                    () -> {
                                        crowd.trickle();
                                        return crowd.left() == 0;
                                    });
                }
            }
            assertThat(best).as("p99 among the slow, by p99 alone").isLessThan(2);
            assertThat(gateway.log()).doesNotContain("LEAK:");
        }
    }

    /** In milliseconds. */
    private static double percentile99(Gateway gateway) {
        long[] nanos = new long[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            long start = System.nanoTime();
            assertThat(gateway.get("/good").statusCode()).isEqualTo(200);
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos[REQUESTS * 99 / 100] / 1e6;
    }

    /** The slow ones. For one thread. */
    private static final class Crowd implements AutoCloseable {

        private final List<SocketChannel> channels = new ArrayList<>();
        private final ByteBuffer answer = ByteBuffer.allocate(1024);

        Crowd(int port) throws IOException {
            for (int i = 0; i < SLOW; i++) {
                SocketChannel channel =
                        SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.configureBlocking(false);
                channels.add(channel);
                write(channel, "GET /slow HTTP/1.1\r\nHost: shop\r\nX-Slow: ");
            }
        }

        /** One byte more from each. */
        void trickle() {
            for (SocketChannel channel : List.copyOf(channels)) {
                try {
                    answer.clear();
                    if (channel.read(answer) < 0) {
                        end(channel);
                    } else {
                        write(channel, "x");
                    }
                } catch (IOException reset) {
                    end(channel);
                }
            }
        }

        private static void write(SocketChannel channel, String text) throws IOException {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
        }

        private void end(SocketChannel channel) {
            channels.remove(channel);
            try {
                channel.close();
            } catch (IOException alreadyClosed) {
                // Gone either way.
            }
        }

        int left() {
            return channels.size();
        }

        @Override
        public void close() {
            List.copyOf(channels).forEach(this::end);
        }
    }
}
