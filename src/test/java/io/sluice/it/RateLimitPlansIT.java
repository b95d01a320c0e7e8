package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.TokenMint;
import io.sluice.ratelimit.redis.RedisProcess;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Plans, costs, allow-list and Retry-After through the packaged jar and a real Redis. */
class RateLimitPlansIT {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final TokenMint MINT =
            TokenMint.hmac("HS256", null, SECRET.getBytes(StandardCharsets.US_ASCII));

    private static RedisProcess redis;
    private static TestUpstream upstream;
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        upstream = TestUpstream.start("up").keep(false);
        gateway =
                Gateway.start(
                        """
                        spring:
                          data.redis.url: redis://127.0.0.1:%d
                          cloud.gateway.server.webflux.routes:
                            - id: plain
                              uri: %2$s
                              predicates: [ "Path=/plain" ]
                              filters: [ JwtAuth, "RateLimit=per-user" ]
                            - id: dear
                              uri: %2$s
                              predicates: [ "Path=/dear" ]
                              filters:
                                - JwtAuth
                                - name: RateLimit
                                  args: { policies: per-user, cost: 3 }
                            - id: slow
                              uri: %2$s
                              predicates: [ "Path=/slow" ]
                              filters: [ "RateLimit=slow" ]
                        sluice:
                          auth.issuers: [ { issuer: me, secret: %3$s } ]
                          rate-limit-store.timeout: 5s
                          rate-limits:
                            per-user:
                              key: user
                              capacity: 5
                              refill-tokens: 1
                              refill-period: 1h
                              on-store-failure: closed
                              plans: { claim: tier, gold: { capacity: 8 }, free: { capacity: 3 } }
                              allow-list: [ "user:root" ]
                            slow:
                              key: header:X-Bucket
                              capacity: 1
                              refill-tokens: 1
                              refill-period: 3s
                              on-store-failure: closed
                        """
                                .formatted(redis.port(), upstream.uri(), SECRET));
        RedisProcess.await(() -> get("/plain", "starter", null).statusCode() == 200);
    }

    @AfterAll
    static void stop() {
        if (gateway != null) {
            gateway.close();
        }
        upstream.close();
        redis.close();
    }

    private static HttpResponse<String> get(String path, String user, String tier) {
        long end = System.currentTimeMillis() / 1000 + 3600;
        Map<String, Object> claims =
                tier == null
                        ? Map.of("iss", "me", "sub", user, "exp", end)
                        : Map.of("iss", "me", "sub", user, "exp", end, "tier", tier);
        return gateway.get(path, "Authorization", "Bearer " + MINT.token(claims));
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("none");
    }

    private static JsonNode buckets(String user) {
        return JSON.readTree(gateway.manage("/actuator/ratelimits/per-user/user:" + user).body());
    }

    private static void drains(String user, String tier, int capacity) {
        for (int left = capacity - 1; left >= 0; left--) {
            HttpResponse<String> allowed = get("/plain", user, tier);
            assertThat(allowed.statusCode()).isEqualTo(200);
            assertThat(header(allowed, "X-RateLimit-Limit")).isEqualTo("" + capacity);
            assertThat(header(allowed, "X-RateLimit-Remaining")).isEqualTo("" + left);
            assertThat(header(allowed, "RateLimit-Policy"))
                    .isEqualTo("\"per-user\";q=" + capacity + ";w=" + capacity * 3600);
        }
        assertThat(get("/plain", user, tier).statusCode()).isEqualTo(429);
    }

    @Test
    void plans_claimInForce_givesItsSizeAndABucketOfItsOwn() {
        drains("a", "gold", 8);
        drains("a", "free", 3);
        drains("a", "unknown", 5);
        JsonNode seen = buckets("a");
        assertThat(seen.get("key").asString()).isEqualTo("ratelimit:{user:a}:per-user");
        assertThat(seen.get("tokens").asLong()).isZero();
        assertThat(seen.get("plans").get("gold").get("key").asString())
                .isEqualTo("ratelimit:{user:a}:per-user:gold");
        assertThat(seen.get("plans").get("gold").get("capacity").asLong()).isEqualTo(8);
        assertThat(seen.get("plans").get("free").get("tokens").asLong()).isZero();
        drains("b", null, 5);
        assertThat(buckets("b").get("plans").get("gold").get("tokens").asLong()).isEqualTo(8);
    }

    @Test
    void endpoint_delete_fillsThePlansToo() {
        drains("c", "free", 3);
        HttpRequest.Builder delete =
                HttpRequest.newBuilder(
                                gateway.managementUri("/actuator/ratelimits/per-user/user:c"))
                        .DELETE();
        assertThat(gateway.send(delete).statusCode()).isEqualTo(204);
        assertThat(buckets("c").get("plans").get("free").get("tokens").asLong()).isEqualTo(3);
        drains("c", "free", 3);
    }

    @Test
    void endpoint_policy_showsItsPlans() {
        JsonNode policy =
                JSON.readTree(gateway.manage("/actuator/ratelimits").body())
                        .get("policies")
                        .get("per-user");
        assertThat(policy.get("claim").asString()).isEqualTo("tier");
        assertThat(policy.get("plans").get("gold").get("capacity").asLong()).isEqualTo(8);
        assertThat(policy.get("plans").get("gold").get("fillSeconds").asDouble())
                .isEqualTo(8 * 3600.0);
        assertThat(policy.get("allowed").asInt()).isEqualTo(1);
    }

    @Test
    void cost_ofTheRoute_isTakenAndTold() {
        assertThat(header(get("/dear", "d", "gold"), "X-RateLimit-Remaining")).isEqualTo("5");
        assertThat(header(get("/dear", "d", "gold"), "X-RateLimit-Remaining")).isEqualTo("2");
        HttpResponse<String> denied = get("/dear", "d", "gold");
        assertThat(denied.statusCode()).isEqualTo(429);
        assertThat(header(denied, "X-RateLimit-Remaining")).isEqualTo("2");
        assertThat(Integer.parseInt(header(denied, "Retry-After"))).isBetween(3000, 3600);
        HttpResponse<String> cheap = get("/plain", "d", "gold");
        assertThat(cheap.statusCode()).isEqualTo(200);
        assertThat(header(cheap, "X-RateLimit-Remaining")).isEqualTo("1");
    }

    @Test
    void allowList_whoIsOnIt_isNotCountedAndCostsNoCall() {
        double calls = metric("sluice_ratelimit_store_seconds_count");
        double before = metric("sluice_ratelimit_exempt_total");
        for (int i = 0; i < 20; i++) {
            HttpResponse<String> answer = get("/dear", "root", "free");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(header(answer, "X-RateLimit-Limit")).isEqualTo("none");
            assertThat(header(answer, "RateLimit")).isEqualTo("none");
        }
        assertThat(metric("sluice_ratelimit_exempt_total") - before).isEqualTo(20);
        assertThat(metric("sluice_ratelimit_store_seconds_count")).isEqualTo(calls);
        assertThat(buckets("root").get("allowed").asBoolean()).isTrue();
    }

    private static double metric(String name) {
        return gateway.manage("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") && !line.contains("policy=\"slow\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** Where the machine stalls for longer than the bucket takes to fill, another one is tried. */
    @Test
    void retryAfter_waited_isAdmitted_andASecondEarlierIsNot() {
        boolean early = false;
        for (int attempt = 0; attempt < 10 && !early; attempt++) {
            early = comesEarlyAndInTime("b" + attempt);
        }
        assertThat(early).as("an attempt that was quick enough to come early").isTrue();
    }

    private static boolean comesEarlyAndInTime(String bucket) {
        long begun = System.nanoTime();
        assertThat(slow(bucket).statusCode()).isEqualTo(200);
        HttpResponse<String> denied = slow(bucket);
        long told = System.nanoTime();
        if (denied.statusCode() != 429) {
            return false;
        }
        long wait = Long.parseLong(header(denied, "Retry-After"));
        park(told, Duration.ofSeconds(wait - 1));
        int early = slow(bucket).statusCode();
        // The grant was after `begun`, so the next token comes no sooner than 3 s from there.
        boolean quick = System.nanoTime() - begun < Duration.ofMillis(2900).toNanos();
        if (quick) {
            assertThat(early).isEqualTo(429);
        }
        if (early == 429) {
            park(told, Duration.ofSeconds(wait));
            assertThat(slow(bucket).statusCode()).isEqualTo(200);
        }
        return quick;
    }

    private static HttpResponse<String> slow(String bucket) {
        return gateway.get("/slow", "X-Bucket", bucket);
    }

    private static void park(long from, Duration time) {
        while (System.nanoTime() - from < time.toNanos()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }
}
