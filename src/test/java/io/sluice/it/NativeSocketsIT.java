package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.ratelimit.redis.RedisProcess;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Reactor Netty and Lettuce share event loops and choose their sockets each by a switch of its own:
 * whichever is thrown, Redis is reached.
 */
@Together
class NativeSocketsIT {

    private static final String YAML =
            """
            spring:
              data.redis.url: redis://127.0.0.1:%d
              cloud.gateway.server.webflux:
                routes:
                  - { id: a, uri: "%s", predicates: [ "Path=/**" ], filters: [ "RateLimit=few" ] }
            sluice.rate-limits.few: { key: ip, capacity: 1000, refill-tokens: 1, refill-period: 1h }
            """;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Dreactor.netty.native=false",
                "-Dio.lettuce.core.epoll=false",
                "-Dreactor.netty.native=false -Dio.lettuce.core.epoll=false"
            })
    void limit_withoutNativeSockets_isDecidedByRedis(String switches) throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                TestUpstream upstream = TestUpstream.start("one");
                Gateway gateway =
                        Gateway.launch(
                                YAML.formatted(redis.port(), upstream.uri()),
                                Map.of("JAVA_TOOL_OPTIONS", switches))) {
            gateway.awaitReady();
            Awaitility.await()
                    .until(
                            () -> {
                                HttpResponse<String> answer =
                                        gateway.http()
                                                .send(
                                                        HttpRequest.newBuilder(gateway.uri("/x"))
                                                                .build(),
                                                        HttpResponse.BodyHandlers.ofString());
                                assertThat(answer.statusCode()).isEqualTo(200);
                                return gateway.log().contains("\"rateLimitSource\":\"redis\"");
                            });
        }
    }
}
