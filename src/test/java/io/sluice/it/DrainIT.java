package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.sluice.ratelimit.redis.RedisProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What each kind of connection sees after SIGTERM, byte for byte, on the packaged jar. A second
 * SIGTERM arrives in the middle and changes nothing.
 */
class DrainIT {

    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final Duration PHASE = Duration.ofSeconds(15);
    private static final Duration SLACK = Duration.ofSeconds(5);

    private static RedisProcess redis;
    private static TestUpstream upstream;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        upstream = TestUpstream.start("up").keep(false);
    }

    @AfterAll
    static void stop() {
        upstream.close();
        redis.close();
    }

    private static Gateway gateway() {
        String yaml =
                """
                server.http2.enabled: true
                spring:
                  data.redis.url: redis://127.0.0.1:%d
                  lifecycle.timeout-per-shutdown-phase: %ds
                  cloud.gateway.server.webflux:
                    routes:
                      - id: all
                        uri: lb://up
                        predicates: [ "Path=/**" ]
                        filters: [ "RateLimit=plenty" ]
                sluice:
                  shutdown.drain: %ds
                  rate-limit-store.timeout: 5s
                  rate-limits:
                    plenty: { key: ip, capacity: 1000000, refill-tokens: 1000000, refill-period: 1s }
                  upstreams:
                    up: { instances: [ { uri: "%s" } ] }
                """;
        return Gateway.start(
                yaml.formatted(redis.port(), PHASE.toSeconds(), DRAIN.toSeconds(), upstream.uri()));
    }

    @Test
    void sigterm_everyKindOfConnection_endsAsTheContractSays() throws Exception {
        try (Gateway gateway = gateway();
                RawClient silent = new RawClient(gateway.port());
                RawClient idle = new RawClient(gateway.port());
                RawClient inFlight = new RawClient(gateway.port());
                RawClient last = new RawClient(gateway.port());
                RawClient events = new RawClient(gateway.port());
                Http2Socket http2 = new Http2Socket(gateway.port());
                WebSocketSocket socket = new WebSocketSocket(gateway.port(), "/ws")) {
            for (RawClient kept : new RawClient[] {silent, idle, last}) {
                kept.get("/before");
                assertThat(kept.answer().orElseThrow().closes()).isFalse();
            }
            socket.send("hello");
            assertThat(socket.next()).isEqualTo("up:hello");
            events.get("/sse");
            assertThat(events.answer().orElseThrow().status()).isEqualTo(200);
            int open = upstream.open();
            upstream.hang(true);
            inFlight.get("/slow");
            int slowStream = http2.get("/slow");
            Awaitility.await().until(() -> upstream.open() == open + 2);
            upstream.hang(false);

            long term = System.nanoTime();
            gateway.terminate();
            try (KeptBusy busy = new KeptBusy(gateway)) {
                Awaitility.await().until(() -> status(gateway, "/readyz") == 503);
                assertThat(status(gateway, "/livez")).isEqualTo(200);
                newConnection_isServedAndToldToClose(gateway);
                idleConnection_isServedAndToldToClose(idle);
                pipelined_firstIsAnswered_thenTheEnd(gateway);
                gateway.terminate();
                upstream.release();
                inFlight_isAnsweredAndToldToClose(inFlight);
                http2_isToldToGoAwayButServed(http2, slowStream);
                busy.failed();
            }
            // Nothing more arrives: streams end, and the last request is in flight at the end.
            upstream.hang(true);
            last.get("/last");
            assertThat(socket.next()).isEqualTo("close:1001");
            assertThat(text(events)).contains("data: 0").endsWith("\r\n0\r\n\r\n");
            assertThat(silent.answer()).as("an idle connection ends in order").isEmpty();
            http2.awaitEnd();
            assertThat(http2.lastAllowed()).isEqualTo(3);
            assertThatThrownBy(() -> new Socket("127.0.0.1", gateway.port()).close())
                    .isInstanceOf(ConnectException.class);
            upstream.release();
            inFlight_isAnsweredAndToldToClose(last);

            assertThat(gateway.awaitExit(Duration.ofSeconds(60))).isIn(0, 143);
            Duration total = Duration.ofNanos(System.nanoTime() - term);
            assertThat(total).isLessThan(DRAIN.plus(PHASE).plus(SLACK));
            assertThat(gateway.log()).contains("requests finished, 0 cut");
            everyLimitedRequest_wasDecidedByRedis(gateway.log());
            nobody_countsTheGatewayAnyMore();
        }
    }

    private static void newConnection_isServedAndToldToClose(Gateway gateway) throws IOException {
        try (RawClient fresh = new RawClient(gateway.port())) {
            fresh.get("/new");
            RawClient.Answer answer = fresh.answer().orElseThrow();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.closes()).isTrue();
            assertThat(fresh.answer()).isEmpty();
        }
    }

    private static void idleConnection_isServedAndToldToClose(RawClient idle) throws IOException {
        idle.get("/again");
        RawClient.Answer answer = idle.answer().orElseThrow();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.closes()).isTrue();
        assertThat(idle.answer()).isEmpty();
    }

    /** The second was not taken up, and the client is told so by the first (RFC 9112, 9.6). */
    private static void pipelined_firstIsAnswered_thenTheEnd(Gateway gateway) throws IOException {
        try (RawClient pipelining = new RawClient(gateway.port())) {
            String get = "GET /piped HTTP/1.1\r\nHost: sluice.test\r\n\r\n";
            pipelining.send(get + get);
            RawClient.Answer first = pipelining.answer().orElseThrow();
            assertThat(first.status()).isEqualTo(200);
            assertThat(first.closes()).isTrue();
            assertThat(pipelining.answer()).isEmpty();
        }
    }

    private static void inFlight_isAnsweredAndToldToClose(RawClient client) throws IOException {
        RawClient.Answer answer = client.answer().orElseThrow();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("up");
        assertThat(answer.closes()).isTrue();
        assertThat(client.answer()).isEmpty();
    }

    private static void http2_isToldToGoAwayButServed(Http2Socket http2, int slowStream)
            throws IOException {
        assertThat(http2.answeredOk(slowStream)).isTrue();
        assertThat(http2.answeredOk(http2.get("/was-on-its-way"))).isTrue();
        assertThat(http2.goingAway()).isTrue();
        assertThat(http2.lastAllowed()).isEqualTo(Http2Socket.EVERY_STREAM);
    }

    /**
     * It has said that it ends: its share of a limit is free at once, and the fleet is without it.
     */
    private static void nobody_countsTheGatewayAnyMore() {
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + redis.port());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            assertThat(connection.sync().zcard("ratelimit:{sluice}:gateways")).isZero();
            assertThat(connection.sync().scard("ratelimit:{sluice}:configurations")).isZero();
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        }
    }

    /** Redis is the last to go: no request of the drain had to do without it. */
    private static void everyLimitedRequest_wasDecidedByRedis(String log) {
        assertThat(log.lines().filter(line -> line.contains("\"rateLimit\":")))
                .isNotEmpty()
                .allMatch(line -> line.matches(".*\"rateLimitSource\":\"(redis|coalesced)\".*"));
        assertThat(log).contains("\"path\":\"/last\"");
    }

    private static int status(Gateway gateway, String path) throws IOException {
        try (RawClient client = new RawClient(gateway.port())) {
            client.get(path);
            return client.answer().orElseThrow().status();
        }
    }

    private static String text(RawClient client) throws IOException {
        return new String(client.in().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** A request every 100 ms, each on a connection of its own, so that the drain goes on. */
    private static final class KeptBusy implements AutoCloseable {

        private final ScheduledExecutorService client =
                Executors.newSingleThreadScheduledExecutor();
        private final ScheduledFuture<?> requests;

        KeptBusy(Gateway gateway) {
            requests =
                    client.scheduleWithFixedDelay(
                            () -> request(gateway), 0, 100, TimeUnit.MILLISECONDS);
        }

        private static void request(Gateway gateway) {
            try (RawClient client = new RawClient(gateway.port())) {
                client.get("/busy");
                assertThat(client.answer().orElseThrow().status()).isEqualTo(200);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Ends the requests; throws what went wrong, if anything did. */
        void failed() throws Exception {
            client.shutdown();
            assertThat(client.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
            if (!requests.isCancelled()) {
                requests.get();
            }
        }

        @Override
        public void close() {
            client.shutdownNow();
        }
    }
}
