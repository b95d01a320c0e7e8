package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gateway's output is a pipe that nobody reads: it fills up with the lines of a few hundred
 * requests, and whoever writes to it then waits.
 */
@Timeout(120)
class StuckOutputIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int AT_ONCE = 50;

    /** More than the queue, the batch under way and the pipe hold. */
    private static final int REQUESTS = 10_000;

    /** Has the other log tell of each request, too. */
    private static final String CHATTY = "--logging.level.reactor.netty.resources=DEBUG";

    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    @TempDir private Path directory;
    private RandomAccessFile pipe;
    private TestUpstream upstream;
    private Gateway gateway;

    @BeforeEach
    void open() throws Exception {
        Path fifo = directory.resolve("output");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        // Opened both ways a FIFO opens at once, and what is in it stays until somebody reads.
        pipe = new RandomAccessFile(fifo.toFile(), "rw");
        upstream = TestUpstream.start("up").keep(false);
    }

    private void start(String... arguments) {
        gateway =
                Gateway.launchInto(
                                directory.resolve("output"),
                                """
                                spring.cloud.gateway.server.webflux.routes:
                                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/shop/**" ] }
                                sluice:
                                  shutdown.drain: 0s
                                  upstreams.shop.instances: [ { uri: "%s" } ]
                                """
                                        .formatted(upstream.uri()),
                                arguments)
                        .awaitReady();
    }

    @AfterEach
    void stop() throws IOException {
        gateway.close();
        upstream.close();
        pipe.close();
    }

    private static String request(int i) {
        return "GET /shop/x HTTP/1.1\r\nHost: a\r\nX-Request-Id: stuck-" + i + "\r\n\r\n";
    }

    private void pipelined(int requests) throws IOException {
        try (RawClient client = new RawClient(gateway.port())) {
            for (int sent = 0; sent < requests; sent += AT_ONCE) {
                StringBuilder batch = new StringBuilder();
                for (int i = 0; i < AT_ONCE; i++) {
                    batch.append(request(sent + i));
                }
                client.send(batch.toString());
                for (int i = 0; i < AT_ONCE; i++) {
                    assertThat(client.answer().orElseThrow().status()).isEqualTo(200);
                }
            }
        }
    }

    private long dropped(String metric) {
        String metrics = gateway.manage("/actuator/prometheus").body();
        Matcher value = Pattern.compile("(?m)^" + metric + " (\\S+)$").matcher(metrics);
        assertThat(value.find()).as(metric).isTrue();
        return (long) Double.parseDouble(value.group(1));
    }

    /** From now on the pipe is read, to the end of the test. */
    private void read() {
        Thread reader =
                new Thread(
                        () -> {
                            try (BufferedReader in =
                                    new BufferedReader(
                                            new InputStreamReader(
                                                    new FileInputStream(pipe.getFD()),
                                                    StandardCharsets.UTF_8))) {
                                in.lines().forEach(lines::add);
                            } catch (IOException | UncheckedIOException closed) {
                                lines.add("closed");
                            }
                        });
        reader.setDaemon(true);
        reader.start();
    }

    private long records() {
        return lines.stream().filter(line -> line.contains("\"requestId\":\"stuck-")).count();
    }

    @Test
    void requests_outputStuck_areServedAndEveryLineIsWrittenOrCounted() throws IOException {
        start();
        pipelined(REQUESTS);

        assertThat(dropped("sluice_access_log_dropped_total")).isPositive();
        read();
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(
                        () ->
                                assertThat(records() + dropped("sluice_access_log_dropped_total"))
                                        .isEqualTo(REQUESTS));
        long before = records();
        pipelined(1_000);
        gateway.terminate();

        assertThat(gateway.awaitExit(LIMIT)).isIn(0, 143);
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(records() - before).isEqualTo(1_000));
        assertThat(lines).anyMatch(line -> line.contains("stopped: "));
    }

    @Test
    void sigterm_outputOfBothLogsStuck_endsAllTheSame() throws IOException {
        start(CHATTY);
        pipelined(2_000);
        assertThat(dropped("sluice_log_dropped_total")).isPositive();

        gateway.terminate();

        assertThat(gateway.awaitExit(LIMIT)).isIn(0, 143);
    }
}
