package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.ratelimit.redis.RedisProcess;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Spring Cloud Gateway's own {@code RequestRateLimiter} works on the packaged jar with a real
 * Redis; its default key, the principal's name, is the identity that Sluice verified.
 */
class RequestRateLimiterIT {

    private static RedisProcess redis;
    private static EchoUpstream upstream;
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        upstream = EchoUpstream.start("a");
        gateway =
                Gateway.start(
                        """
                        spring:
                          data.redis.url: redis://127.0.0.1:%1$d
                          cloud.gateway.server.webflux.routes:
                            - id: limited
                              uri: %2$s
                              predicates: [ "Path=/limited" ]
                              filters:
                                - ApiKeyAuth
                                - name: RequestRateLimiter
                                  args:
                                    redis-rate-limiter.replenishRate: 1
                                    redis-rate-limiter.burstCapacity: 300
                                    redis-rate-limiter.requestedTokens: 100
                            - id: anonymous
                              uri: %2$s
                              predicates: [ "Path=/anonymous" ]
                              filters:
                                - name: RequestRateLimiter
                                  args:
                                    redis-rate-limiter.replenishRate: 1
                                    redis-rate-limiter.burstCapacity: 1
                        sluice.auth.api-keys:
                          # SHA-256 of "secret" and of "other"
                          - { id: shop, sha256: 2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b }
                          - { id: desk, sha256: d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa }
                        """
                                .formatted(redis.port(), upstream.uri()));
    }

    @AfterAll
    static void stop() {
        if (gateway != null) {
            gateway.close();
        }
        upstream.close();
        redis.close();
    }

    @Test
    void requestRateLimiter_burstSpent_denies429ForThatPrincipalAlone() {
        List<Integer> statuses = new ArrayList<>();
        List<String> remaining = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            HttpResponse<String> answer = gateway.get("/limited", "X-API-Key", "secret");
            statuses.add(answer.statusCode());
            remaining.add(answer.headers().firstValue("X-RateLimit-Remaining").orElse("none"));
        }
        assertThat(statuses).containsExactly(200, 200, 200, 429);
        // One token comes back each second, and 100 of them are a request.
        assertThat(Integer.parseInt(remaining.get(0))).isEqualTo(200);
        assertThat(Integer.parseInt(remaining.get(3))).isBetween(0, 99);
        assertThat(gateway.get("/limited", "X-API-Key", "other").statusCode()).isEqualTo(200);
    }

    @Test
    void requestRateLimiter_noPrincipal_isRefusedAsByStock() {
        assertThat(gateway.get("/anonymous").statusCode()).isEqualTo(403);
    }
}
