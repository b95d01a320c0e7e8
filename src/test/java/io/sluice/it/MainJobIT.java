package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sluice.ratelimit.redis.RedisProcess;
import io.sluice.sample.SampleIssuer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Issue part 2: the contract's complete example, word for word but for the addresses, against the
 * packaged jar, a real Redis, a real issuer and real instances.
 */
class MainJobIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static RedisProcess redis;
    private static SampleIssuer issuer;
    private static TestUpstream first;
    private static TestUpstream second;
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        issuer = SampleIssuer.start();
        first = TestUpstream.start("first");
        second = TestUpstream.start("second");
        gateway = Gateway.start(configuration());
    }

    @AfterAll
    static void stop() {
        gateway.close();
        first.close();
        second.close();
        redis.close();
    }

    private static String configuration() {
        Map<String, Object> issued = issuer.properties();
        return """
                spring:
                  data.redis.url: redis://127.0.0.1:%d
                  cloud.gateway.server.webflux:
                    routes:
                      - id: orders
                        uri: lb://orders
                        predicates: [ "Path=/orders/**" ]
                        filters:
                          - JwtAuth=orders.read
                          - RateLimit=per-user,per-ip

                sluice:
                  trusted-proxies: [ 10.0.0.0/8, 127.0.0.0/8 ]
                  auth:
                    identity-headers: { sub: X-User-Id, scope: X-User-Scope }
                    issuers:
                      - issuer: %s
                        jwk-set-uri: %s
                        audiences: [ orders-api ]
                        algorithms: [ RS256, ES256 ]
                        clock-skew: 30s
                  rate-limits:
                    per-user: { key: user, capacity: 100, refill-tokens: 10, refill-period: 1s, on-store-failure: local }
                    per-ip:   { key: ip,   capacity: 200, refill-tokens: 50, refill-period: 1s }
                  upstreams:
                    orders:
                      algorithm: least-response-time
                      instances:
                        - { uri: "%s", weight: 2, zone: a }
                        - { uri: "%s" }
                      health-check: { path: /healthz, interval: 5s, timeout: 1s, unhealthy-threshold: 3, healthy-threshold: 2 }
                """
                .formatted(
                        redis.port(),
                        issued.get("sluice.auth.issuers[0].issuer"),
                        issued.get("sluice.auth.issuers[0].jwk-set-uri"),
                        first.uri(),
                        second.uri());
    }

    private static String bearer(String user) {
        return "Bearer " + issuer.token(user, Duration.ofMinutes(5));
    }

    @BeforeEach
    void forget() {
        first.forget();
        second.forget();
    }

    @Test
    void request_withToken_isLimitedBalancedAndAnswered() {
        HttpResponse<String> answer =
                gateway.get(
                        "/orders/1?x=1",
                        "Authorization",
                        bearer("ada"),
                        "X-User-Id",
                        "mallory",
                        "x_user_id",
                        "mallory",
                        "X-Forwarded-For",
                        "192.0.2.10");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isIn("first", "second");
        assertThat(answer.headers().firstValue("X-RateLimit-Limit")).contains("100");
        assertThat(answer.headers().firstValue("X-RateLimit-Remaining")).isPresent();
        assertThat(answer.headers().firstValue("X-RateLimit-Reset")).isPresent();
        assertThat(answer.headers().firstValue("RateLimit-Policy").orElse("")).contains("per-user");
        assertThat(answer.headers().firstValue("RateLimit").orElse("")).contains("per-user");
        TestUpstream served = answer.body().equals("first") ? first : second;
        TestUpstream.Seen seen =
                served.seen().stream().filter(s -> s.uri().startsWith("/orders")).findFirst().get();
        assertThat(seen.uri()).isEqualTo("/orders/1?x=1");
        assertThat(seen.headers())
                .containsEntry("x-user-id", "ada")
                .containsEntry("x-user-scope", "orders.read")
                .containsKey("authorization")
                .containsKey("x-request-id")
                .doesNotContainKey("x_user_id");
    }

    @Test
    void request_withoutToken_is401AndReachesNobody() {
        HttpResponse<String> answer = gateway.get("/orders/1");

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        assertThat(answer.headers().firstValue("Content-Type"))
                .contains("application/problem+json");
        JsonNode problem = JSON.readTree(answer.body());
        assertThat(problem.get("status").asInt()).isEqualTo(401);
        assertThat(problem.get("instance").asString()).isEqualTo("/orders/1");
        assertThat(problem.get("requestId").asString())
                .isEqualTo(answer.headers().firstValue("X-Request-Id").orElseThrow());
        assertThat(first.seen()).noneMatch(seen -> seen.uri().startsWith("/orders"));
        assertThat(second.seen()).noneMatch(seen -> seen.uri().startsWith("/orders"));
    }

    @Test
    void requests_beyondTheBucket_are429WithRetryAfter() {
        String token = bearer("eve");
        HttpResponse<String> denied = null;
        for (int i = 0; i < 400 && denied == null; i++) {
            HttpResponse<String> answer =
                    gateway.get(
                            "/orders/2", "Authorization", token, "X-Forwarded-For", "192.0.2.11");
            denied = answer.statusCode() == 429 ? answer : null;
        }

        assertThat(denied).as("a denial within 400 requests").isNotNull();
        assertThat(denied.headers().firstValueAsLong("Retry-After").orElse(-1)).isBetween(1L, 20L);
        assertThat(denied.headers().firstValue("Cache-Control")).contains("no-store");
        JsonNode problem = JSON.readTree(denied.body());
        assertThat(problem.get("status").asInt()).isEqualTo(429);
        assertThat(problem.get("title").asString()).isEqualTo("Too Many Requests");
        assertThat(problem.get("error").asString()).isEqualTo("Rate limit exceeded");
        assertThat(problem.get("policy").asString()).isEqualTo("per-user");
    }

    @Test
    void buckets_inRedis_haveTheContractsNames() {
        try (RedisClient client = RedisClient.create("redis://127.0.0.1:" + redis.port())) {
            RedisCommands<String, String> commands = client.connect().sync();
            // Again and again: a busy machine may miss the 50 ms once, and then decides here.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> {
                                gateway.get(
                                        "/orders/3",
                                        "Authorization",
                                        bearer("bea"),
                                        "X-Forwarded-For",
                                        "192.0.2.12");
                                assertThat(commands.keys("ratelimit:*"))
                                        .contains(
                                                "ratelimit:{user:bea}:per-user",
                                                "ratelimit:{ip:192.0.2.12}:per-ip");
                                assertThat(commands.hkeys("ratelimit:{user:bea}:per-user"))
                                        .contains("tokens", "last_refill");
                            });
        }
    }

    @Test
    void redis_frozen_requestsGoOnFromTheLocalBucket() {
        redis.freeze();
        try {
            HttpResponse<String> answer =
                    gateway.get(
                            "/orders/4",
                            "Authorization",
                            bearer("ada"),
                            "X-Forwarded-For",
                            "192.0.2.13");
            assertThat(answer.statusCode()).isIn(200, 429);
            assertThat(answer.headers().firstValue("X-RateLimit-Limit")).isPresent();
        } finally {
            redis.thaw();
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> {
                            gateway.get(
                                    "/orders/5",
                                    "Authorization",
                                    bearer("ada"),
                                    "X-Forwarded-For",
                                    "192.0.2.14");
                            assertThat(gateway.log()).contains("\"rateLimitSource\":\"redis\"");
                        });
    }

    @Test
    void routeless_path_is404() {
        HttpResponse<String> answer = gateway.get("/nowhere");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(JSON.readTree(answer.body()).get("error").asString()).isEqualTo("no-route");
    }
}
