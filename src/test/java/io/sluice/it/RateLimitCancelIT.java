package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.ratelimit.redis.RedisProcess;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * P9: 10,000 clients that leave while their decision is with a Redis that stands still. A request
 * that gets past the limiter hangs at its upstream, so that each of them ends as cancelled.
 */
class RateLimitCancelIT {

    private static final int MANY = 10_000;
    private static final int AT_ONCE = 500;
    private static final int KEYS = 50;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    void clients_tenThousandLeave_nothingStaysInTheLimiter() throws IOException {
        try (RedisProcess redis = RedisProcess.start();
                TestUpstream hanging = TestUpstream.start("hanging").keep(false).hang(true);
                Gateway gateway = Gateway.start(yaml(redis, hanging))) {
            Awaitility.await().atMost(LIMIT).until(() -> state(gateway).get("answers").asBoolean());
            AtomicInteger mostUnderWay = new AtomicInteger();
            for (int wave = 1; wave <= MANY / AT_ONCE; wave++) {
                redis.freeze();
                leave(gateway, wave, mostUnderWay);
                int sofar = wave * AT_ONCE;
                Awaitility.await()
                        .atMost(LIMIT)
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> metric(gateway, "sluice_requests_seconds_count") == sofar);
                redis.thaw();
            }
            assertThat(mostUnderWay.get()).isGreaterThan(KEYS / 2);
            Awaitility.await()
                    .atMost(LIMIT)
                    .untilAsserted(
                            () -> {
                                assertThat(state(gateway).get("callsUnderWay").asInt()).isZero();
                                assertThat(state(gateway).get("denialsKept").asInt()).isZero();
                                assertThat(metric(gateway, "sluice_ratelimit_calls_underway"))
                                        .isZero();
                                assertThat(metric(gateway, "sluice_ratelimit_denials_kept"))
                                        .isZero();
                                assertThat(hanging.open()).isZero();
                            });
            assertThat(gateway.log()).doesNotContain("LEAK:").doesNotContain(" ERROR ");
        }
    }

    private static String yaml(RedisProcess redis, TestUpstream hanging) {
        return """
               spring:
                 data.redis.url: redis://127.0.0.1:%d
                 cloud.gateway.server.webflux:
                   httpclient.pool.max-connections: 2000
                   routes:
                     - { id: a, uri: "%s", predicates: [ "Path=/a" ], filters: [ "RateLimit=p" ] }
               sluice:
                 rate-limit-store.timeout: 10s
                 rate-limits.p: { key: "header:X-Bucket", capacity: 1, refill-tokens: 1, refill-period: 1s }
               """
                .formatted(redis.port(), hanging.uri());
    }

    /** Sends requests, waits until they wait for Redis, and closes their connections. */
    private static void leave(Gateway gateway, int wave, AtomicInteger mostUnderWay)
            throws IOException {
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < AT_ONCE; i++) {
                Socket client = RawSocket.connect(gateway.port());
                clients.add(client);
                RawSocket.write(
                        client,
                        "GET /a HTTP/1.1\r\nHost: a\r\nX-Bucket: %d-%d\r\n\r\n"
                                .formatted(wave, i % KEYS));
            }
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> state(gateway).get("callsUnderWay").asInt() > 0);
            mostUnderWay.accumulateAndGet(state(gateway).get("callsUnderWay").asInt(), Math::max);
        } finally {
            for (Socket client : clients) {
                RawSocket.kill(client, false);
            }
        }
    }

    private static JsonNode state(Gateway gateway) {
        return JSON.readTree(gateway.manage("/actuator/ratelimits").body()).get("redis");
    }

    /** Of requests only the cancelled ones count. */
    private static long metric(Gateway gateway, String name) {
        return gateway.manage("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .filter(
                        line ->
                                !name.startsWith("sluice_requests")
                                        || line.contains("outcome=\"cancelled\""))
                .mapToLong(
                        line ->
                                (long)
                                        Double.parseDouble(
                                                line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
