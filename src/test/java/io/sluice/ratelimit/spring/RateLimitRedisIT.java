package io.sluice.ratelimit.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.ratelimit.redis.RedisProcess;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The filter in gateways that share a Redis, and what they do without it. */
class RateLimitRedisIT {

    private static Routes routes(RedisProcess redis) {
        return new Routes()
                .add("a", "RateLimit=a,all")
                .add("open", "RateLimit=open")
                .add("closed", "RateLimit=closed")
                .limit("a", "ip", 100)
                .limit("all", "global", 100_000)
                .limit("open", "ip", 1)
                .limit("closed", "ip", 1000)
                .set("sluice.rate-limits.open.on-store-failure=open")
                .set("sluice.rate-limits.closed.on-store-failure=closed")
                .set("spring.data.redis.url=redis://127.0.0.1:" + redis.port());
    }

    private static boolean byRedis(LimitedGateway gateway) {
        return gateway.bean(MeterRegistry.class)
                        .get("sluice.ratelimit.store")
                        .tag("kind", "redis")
                        .gauge()
                        .value()
                == 1;
    }

    /** Until Redis decides, so that neither start nor a cold timeout is measured. */
    private static void warm(LimitedGateway gateway) {
        RedisProcess.await(
                () ->
                        gateway.get("/closed").statusCode() == 200
                                && gateway.get("/closed").statusCode() == 200);
    }

    @Test
    void gateways_twoOverOneRedis_shareTheBucket() {
        try (RedisProcess redis = RedisProcess.start();
                LimitedGateway one = LimitedGateway.start(patient(redis));
                LimitedGateway two = LimitedGateway.start(patient(redis))) {
            warm(one);
            warm(two);
            AtomicInteger admitted = new AtomicInteger();
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int client = 0; client < 8; client++) {
                LimitedGateway gateway = client % 2 == 0 ? one : two;
                clients.add(
                        CompletableFuture.runAsync(
                                () ->
                                        IntStream.range(0, 25)
                                                .mapToObj(i -> gateway.get("/a"))
                                                .filter(answer -> answer.statusCode() == 200)
                                                .forEach(answer -> admitted.incrementAndGet())));
            }
            clients.forEach(CompletableFuture::join);
            assertThat(admitted).hasValue(100);
            assertThat(one.count("a", "allowed") + two.count("a", "allowed")).isEqualTo(100);
            RateLimitsEndpoint endpoint = one.bean(RateLimitsEndpoint.class);
            assertThat(endpoint.limits().store()).isEqualTo("redis");
            assertThat(endpoint.buckets("a", "ip:127.0.0.1").block().tokens()).isZero();
            endpoint.reset("a", "ip:127.0.0.1").block();
            assertThat(endpoint.buckets("a", "ip:127.0.0.1").block().tokens()).isEqualTo(100);
            // The other gateway hears of the reset, and of the first one's being alive.
            RedisProcess.await(() -> two.get("/a").statusCode() == 200);
            RateLimitsEndpoint other = two.bean(RateLimitsEndpoint.class);
            RedisProcess.await(() -> other.limits().redis().gateways() == 2);
            assertThat(other.limits().redis().answers()).isTrue();
            endpoint.reset("a", "ip:127.0.0.1").block();
            HttpResponse<String> answer = one.get("/a");
            assertThat(answer.headers().firstValue("X-RateLimit-Remaining")).hasValue("99");
            assertThat(answer.headers().firstValue("X-Thread").orElseThrow())
                    .startsWith("webflux-http");
        }
    }

    private static String[] patient(RedisProcess redis) {
        return routes(redis).set("sluice.rate-limit-store.timeout=5s").properties();
    }

    @Test
    void redis_dies_eachPolicyFollowsItsRuleUntilItIsBack() {
        try (RedisProcess redis = RedisProcess.start();
                LimitedGateway gateway = LimitedGateway.start(routes(redis).properties())) {
            warm(gateway);
            assertThat(byRedis(gateway)).isTrue();
            redis.kill();
            for (int i = 0; i < 10; i++) {
                HttpResponse<String> local = gateway.get("/a");
                assertThat(local.statusCode()).isEqualTo(200);
                assertThat(local.headers().firstValue("X-RateLimit-Remaining")).isPresent();
                assertThat(gateway.get("/open").statusCode()).isEqualTo(200);
                HttpResponse<String> closed = gateway.get("/closed");
                assertThat(closed.statusCode()).isEqualTo(503);
                assertThat(closed.headers().firstValue("Retry-After")).hasValue("1");
                assertThat(closed.body()).contains("\"error\":\"rate-limit-store-unavailable\"");
            }
            assertThat(byRedis(gateway)).isFalse();
            redis.restart();
            RedisProcess.await(
                    () -> gateway.get("/closed").statusCode() == 200 && byRedis(gateway));
        }
    }

    @Test
    void start_redisNotThere_servesAtOnce() {
        RedisProcess redis = RedisProcess.start();
        redis.kill();
        try (redis;
                LimitedGateway gateway = LimitedGateway.start(routes(redis).properties())) {
            assertThat(gateway.get("/a").statusCode()).isEqualTo(200);
            assertThat(gateway.get("/closed").statusCode()).isEqualTo(503);
            redis.restart();
            RedisProcess.await(() -> gateway.get("/closed").statusCode() == 200);
        }
    }
}
