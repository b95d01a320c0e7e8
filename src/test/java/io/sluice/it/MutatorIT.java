package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.RawSocket.Answer;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Requests of the catalogue, mutated at random from a seed that is printed, for as many seconds as
 * {@code sluice.mutator.seconds} says. Nothing may be answered with 5xx, and nothing may stay.
 */
@Together
class MutatorIT {

    private static final int SECONDS = Integer.getInteger("sluice.mutator.seconds", 20);
    private static final int CLIENTS = 4;
    private static final int SILENCE_MILLIS = 250;

    private static final List<String> PIECES =
            List.of(
                    "\r\n",
                    "\n",
                    "\r",
                    "\0",
                    " ",
                    "\t",
                    ":",
                    ";",
                    ",",
                    "/",
                    "//",
                    "..",
                    "%2e",
                    "%2f",
                    "%00",
                    "%",
                    "\\",
                    "\u00ff",
                    "Content-Length: 5\r\n",
                    "Content-Length: 0\r\n",
                    "Transfer-Encoding: chunked\r\n",
                    "Host: other\r\n",
                    "Connection: close\r\n",
                    "Connection: Upgrade\r\nUpgrade: websocket\r\n",
                    "Expect: 100-continue\r\n",
                    "X-Forwarded-For: 192.0.2.9\r\n",
                    "0\r\n\r\n",
                    "5\r\nhello\r\n",
                    "HTTP/1.0",
                    "HTTP/2.0",
                    "GET ",
                    "POST ",
                    "x".repeat(5_000));

    private final Queue<String> bad = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();

    @Test
    void mutatedRequests_neverFailTheGateway() throws InterruptedException {
        long seed = Long.getLong("sluice.mutator.seed", System.nanoTime());
        System.out.println("sluice.mutator.seed=" + seed);
        try (RecordingUpstream upstream = new RecordingUpstream();
                Gateway gateway =
                        Gateway.start(
                                """
                                spring.cloud.gateway.server.webflux.routes:
                                  - id: strip
                                    uri: %1$s
                                    predicates: [ "Path=/strip/**" ]
                                    filters: [ StripPrefix=1 ]
                                  - id: all
                                    uri: %1$s
                                    predicates: [ "Path=/**" ]
                                sluice.edge:
                                  max-body-size: 1MB
                                  timeouts: { first-byte: 2s, head: 2s, body: 2s }
                                server.netty.idle-timeout: 2s
                                management.endpoints.web.exposure.include: health,prometheus
                                """
                                        .formatted(upstream.uri()))) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                SplittableRandom own = random.split();
                Thread client = new Thread(() -> mutate(gateway, own), "mutator-" + i);
                client.start();
                clients.add(client);
            }
            for (Thread client : clients) {
                client.join();
            }
            System.out.println(sent + " requests, " + answered + " answers");

            assertThat(bad).as("seed %d", seed).isEmpty();
            assertThat(answered.get()).isGreaterThan(SECONDS);
            assertThat(RawSocket.send(gateway.port(), Attack.get("/canary")).text()).endsWith("ok");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> connections(gateway) == 0);
            String log = gateway.log();
            assertThat(log.lines().filter(line -> line.contains(" ERROR "))).isEmpty();
            assertThat(log).doesNotContain("LEAK:").doesNotContain("\tat ");
        }
    }

    private static double connections(Gateway gateway) {
        return gateway.manage("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith("sluice_connections "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    private void mutate(Gateway gateway, SplittableRandom random) {
        List<String> seeds =
                Stream.of(FramingAttacks.all(), HeadAttacks.all(), PathAttacks.all())
                        .flatMap(rows -> rows)
                        .map(Attack::bytes)
                        .toList();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (System.nanoTime() < end && bad.size() < 5) {
            String request = mutated(seeds, random);
            try (Socket socket = RawSocket.connect(gateway.port())) {
                socket.setSoTimeout(SILENCE_MILLIS);
                sent.incrementAndGet();
                try {
                    RawSocket.write(socket, request);
                } catch (SocketException refusedMidway) {
                    // The answer, if there is one, is still to be read.
                }
                judge(RawSocket.read(socket), request);
            } catch (IOException e) {
                bad.add(e + " for\n" + request);
            }
        }
    }

    private void judge(Answer answer, String request) {
        if (answer.status() > 0) {
            answered.incrementAndGet();
        }
        if (answer.status() >= 500) {
            bad.add(answer + "\nfor\n" + request);
        }
    }

    private static String mutated(List<String> seeds, SplittableRandom random) {
        StringBuilder out = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && !out.isEmpty(); i++) {
            int at = random.nextInt(Math.min(out.length(), 400));
            switch (random.nextInt(6)) {
                case 0 -> out.setCharAt(at, (char) random.nextInt(256));
                case 1 -> out.deleteCharAt(at);
                case 2 -> out.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 3 -> out.setLength(at);
                case 4 -> out.insert(at, out.substring(at, Math.min(out.length(), at + 20)));
                default -> {
                    String other = seeds.get(random.nextInt(seeds.size()));
                    out.insert(at, other, 0, random.nextInt(Math.min(200, other.length())));
                }
            }
        }
        return out.toString();
    }
}
