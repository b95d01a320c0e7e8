package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Clients that die mid-request leave nothing behind: 1,000 of all kinds, and thousands in a row.
 */
class CancelIT {

    private static final int BATCH = 200;
    private static final int MANY = 10_000;
    private static final int STREAMS = 3_000;
    private static final int AT_ONCE = 500;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern PICKS_SHOWN = Pattern.compile("\"picks\":(\\d+)");
    private static final Pattern IN_FLIGHT_SHOWN = Pattern.compile("\"inFlight\":(\\d+)");
    private static final Pattern FAILURES_SHOWN = Pattern.compile("\"failures\":(\\d+)");
    private static final Pattern IN_FLIGHT_METRIC =
            Pattern.compile("(?m)^sluice_upstream_inflight\\{[^}]*} ([0-9.]+)$");
    private static final Pattern CANCELLED =
            Pattern.compile(
                    "(?m)^sluice_requests_seconds_count\\{[^}]*outcome=\"cancelled\"[^}]*} ([0-9.]+)$");
    private static final Pattern CANCELLED_LINE = Pattern.compile("\"outcome\":\"cancelled\"");

    private static TestUpstream hanging;
    private static TestUpstream streaming;
    private static Gateway gateway;

    @BeforeAll
    static void startGateway() {
        hanging = TestUpstream.start("hanging").keep(false).hang(true);
        streaming = TestUpstream.start("streaming").keep(false);
        gateway =
                Gateway.start(
                        """
                        spring.cloud.gateway.server.webflux:
                          httpclient.pool.max-connections: 2000
                          routes:
                            - { id: hanging, uri: "lb://hanging", predicates: [ "Path=/hanging/**" ] }
                            - { id: streaming, uri: "lb://streaming", predicates: [ "Path=/streaming/**" ] }
                        sluice.upstreams:
                          hanging:
                            timeouts: { response: 5m }
                            instances: [ { uri: "%s" } ]
                          streaming:
                            instances: [ { uri: "%s" } ]
                        """
                                .formatted(hanging.uri(), streaming.uri()));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        hanging.close();
        streaming.close();
    }

    @Test
    void clients_killedMidRequest_nothingStaysInFlight() throws IOException {
        String waiting = "GET /hanging/x HTTP/1.1\r\nHost: a\r\n\r\n";
        String reading = "GET /streaming/trickle HTTP/1.1\r\nHost: a\r\n\r\n";
        String sending =
                "POST /streaming/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nbegun";
        int before = sum(CANCELLED, prometheus());
        long linesBefore = cancelledLines();
        killed(waiting, false);
        killed(waiting, true);
        killed(reading, false);
        killed(reading, true);
        killed(sending, true);
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(
                        () -> {
                            assertThat(sum(CANCELLED, prometheus()) - before).isEqualTo(5 * BATCH);
                            assertThat(cancelledLines() - linesBefore).isEqualTo(5 * BATCH);
                        });
        assertThat(sum(FAILURES_SHOWN, gateway.manage("/actuator/upstreams").body()))
                .as("a client that leaves says nothing of the instance")
                .isZero();
        hanging.release();
        assertThat(gateway.get("/hanging/x").statusCode()).isEqualTo(200);
        assertThat(gateway.log()).doesNotContain("LEAK:").doesNotContain(" ERROR ");
    }

    /** Waves of clients that give up while their instance still thinks. */
    @Test
    void clients_tenThousandKilled_nothingStaysInFlight() throws IOException {
        hanging.hang(true);
        killedInWaves("/hanging/x", MANY);
    }

    /**
     * Waves of clients that give up as the head of an event stream and its first bytes arrive: what
     * is on its way to a client that is gone is released.
     */
    @Test
    void clients_killedAsAStreamBegins_nothingStaysInFlight() throws IOException {
        killedInWaves("/streaming/trickle", STREAMS);
    }

    private static void killedInWaves(String path, int clientsInAll) throws IOException {
        String request = "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
        int before = picks();
        int cancelledBefore = sum(CANCELLED, prometheus());
        long linesBefore = cancelledLines();
        for (int wave = 0; wave < clientsInAll / AT_ONCE; wave++) {
            List<Socket> clients = new ArrayList<>();
            int sofar = picks();
            for (int i = 0; i < AT_ONCE; i++) {
                Socket client = RawSocket.connect(gateway.port());
                clients.add(client);
                RawSocket.write(client, request);
            }
            Awaitility.await()
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> picks() - sofar == AT_ONCE);
            for (Socket client : clients) {
                RawSocket.kill(client, wave % 2 == 0);
            }
        }
        awaitInFlight(0);
        assertThat(picks() - before).isEqualTo(clientsInAll);
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(
                        () -> {
                            assertThat(sum(CANCELLED, prometheus()) - cancelledBefore)
                                    .isEqualTo(clientsInAll);
                            assertThat(cancelledLines() - linesBefore).isEqualTo(clientsInAll);
                        });
        assertThat(sum(FAILURES_SHOWN, gateway.manage("/actuator/upstreams").body())).isZero();
        assertThat(gateway.log()).doesNotContain("LEAK:").doesNotContain(" ERROR ");
    }

    private static long cancelledLines() {
        return CANCELLED_LINE.matcher(gateway.log()).results().count();
    }

    private static int picks() {
        return sum(PICKS_SHOWN, gateway.manage("/actuator/upstreams").body());
    }

    /** Brings this many requests under way at the upstream, then ends all their clients. */
    private static void killed(String request, boolean reset) throws IOException {
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < BATCH; i++) {
                Socket client = RawSocket.connect(gateway.port());
                clients.add(client);
                RawSocket.write(client, request);
            }
            awaitInFlight(BATCH);
        } finally {
            for (Socket client : clients) {
                RawSocket.kill(client, reset);
            }
        }
        awaitInFlight(0);
    }

    /** As the status page, the metrics and the upstreams themselves count it. */
    private static void awaitInFlight(int expected) {
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(
                        () -> {
                            String status = gateway.manage("/actuator/upstreams").body();
                            assertThat(sum(IN_FLIGHT_SHOWN, status)).isEqualTo(expected);
                            assertThat(sum(IN_FLIGHT_METRIC, prometheus())).isEqualTo(expected);
                            assertThat(hanging.open() + streaming.open()).isEqualTo(expected);
                        });
    }

    private static String prometheus() {
        return gateway.manage("/actuator/prometheus").body();
    }

    private static int sum(Pattern numbers, String text) {
        Matcher matcher = numbers.matcher(text);
        double sum = 0;
        while (matcher.find()) {
            sum += Double.parseDouble(matcher.group(1));
        }
        return (int) sum;
    }
}
