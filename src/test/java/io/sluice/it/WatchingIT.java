package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Issue parts 5 and 8: metrics, the upstreams endpoint, the access log, and the guarded port. */
class WatchingIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String TOKEN = "a-management-token";

    private static TestUpstream upstream;
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        upstream = TestUpstream.start("up");
        String yaml =
                """
                spring.cloud.gateway.server.webflux:
                  routes:
                    - id: shop
                      uri: lb://shop
                      predicates: [ "Path=/shop/**" ]
                      filters: [ "RateLimit=small" ]
                    - id: dead
                      uri: lb://dead
                      predicates: [ "Path=/dead/**" ]
                sluice:
                  rate-limits:
                    small: { key: ip, capacity: 1000, refill-tokens: 1000, refill-period: 1s }
                  upstreams:
                    shop:
                      algorithm: round-robin
                      instances:
                        - { uri: "%s", weight: 3, zone: a, metadata: { rack: r1 } }
                        - { uri: "http://127.0.0.1:9", weight: 0 }
                    dead:
                      instances: [ { uri: "http://127.0.0.1:9" } ]
                """
                        .formatted(upstream.uri());
        gateway = Gateway.launch(yaml, Map.of("SLUICE_MANAGEMENT_TOKEN", TOKEN)).awaitReady();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        upstream.close();
    }

    private static HttpResponse<String> managed(String path) {
        return gateway.manage(path, "Authorization", "Bearer " + TOKEN);
    }

    @Test
    void prometheus_afterTraffic_hasTheContractsMetrics() {
        gateway.get("/shop/1");
        gateway.get("/dead/1");
        gateway.get("/nowhere");

        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> {
                            String metrics = managed("/actuator/prometheus").body();
                            assertThat(metrics)
                                    .contains("sluice_requests_seconds_bucket{")
                                    .containsPattern(
                                            "sluice_requests_seconds_count\\{[^}]*outcome=\"success\"[^}]*route=\"shop\"[^}]*status=\"200\"")
                                    .containsPattern(
                                            "sluice_requests_seconds_count\\{[^}]*outcome=\"server_error\"[^}]*route=\"dead\"[^}]*status=\"502\"")
                                    .containsPattern(
                                            "sluice_requests_seconds_count\\{[^}]*outcome=\"client_error\"[^}]*route=\"none\"[^}]*status=\"404\"")
                                    .containsPattern(
                                            "sluice_upstream_requests_seconds_count\\{[^}]*outcome=\"success\"[^}]*upstream=\"shop\"")
                                    .containsPattern(
                                            "sluice_upstream_inflight\\{[^}]*upstream=\"shop\"[^}]*} 0")
                                    .containsPattern(
                                            "sluice_upstream_instances\\{state=\"draining\",upstream=\"shop\"} 1")
                                    .contains("sluice_upstream_retries_total{upstream=\"shop\"}")
                                    .containsPattern(
                                            "sluice_ratelimit_decisions_total\\{[^}]*decision=\"allowed\"[^}]*policy=\"small\"[^}]*source=\"local\"")
                                    .contains("sluice_connections ");
                        });
    }

    @Test
    void tracing_off_inventsNothingAndPassesOnWhatTheClientSent() {
        gateway.get("/shop/1");
        assertThat(upstream.last().headers()).doesNotContainKeys("traceparent", "tracestate");

        String sent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        gateway.get("/shop/1", "traceparent", sent, "tracestate", "vendor=1");

        assertThat(upstream.last().headers())
                .containsEntry("traceparent", sent)
                .containsEntry("tracestate", "vendor=1");
        assertThat(managed("/actuator/prometheus").body()).doesNotContain("sluice_tracing");
    }

    @Test
    void upstreams_one_tellsEveryInstance() {
        gateway.get("/shop/2");

        JsonNode shop = JSON.readTree(managed("/actuator/upstreams/shop").body());

        assertThat(shop.get("algorithm").asString()).isEqualTo("round-robin");
        JsonNode draining = null;
        JsonNode serving = null;
        for (JsonNode instance : shop.get("instances")) {
            if (instance.get("weight").asInt() == 0) {
                draining = instance;
            } else {
                serving = instance;
            }
        }
        assertThat(serving.get("zone").asString()).isEqualTo("a");
        assertThat(serving.get("picks").asLong()).isPositive();
        assertThat(serving.get("inFlight").asInt()).isZero();
        assertThat(serving.get("health").asString()).isEqualTo("up");
        assertThat(serving.get("responseTimeMillis").asDouble()).isPositive();
        assertThat(serving.get("metadata").get("rack").asString()).isEqualTo("r1");
        assertThat(draining.get("picks").asLong()).isZero();
        assertThat(draining.get("health").asString()).isEqualTo("draining");
    }

    @Test
    void upstreams_unknownId_is404() {
        assertThat(managed("/actuator/upstreams/nobody").statusCode()).isEqualTo(404);
    }

    @Test
    void accessLog_oneRequest_isOneJsonLine() {
        gateway.get("/shop/logged?secret=hidden", "X-Request-Id", "watching-1");

        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> {
                            String line =
                                    gateway.log()
                                            .lines()
                                            .filter(l -> l.contains("watching-1"))
                                            .findFirst()
                                            .orElseThrow(AssertionError::new);
                            assertThat(line).startsWith("{").doesNotContain("hidden");
                            JsonNode record = JSON.readTree(line);
                            assertThat(record.get("path").asString()).isEqualTo("/shop/logged");
                            assertThat(record.get("status").asInt()).isEqualTo(200);
                            assertThat(record.get("bytes").asInt()).isEqualTo(2);
                            assertThat(record.get("route").asString()).isEqualTo("shop");
                            assertThat(record.get("upstream").asString()).isEqualTo("shop");
                            assertThat(record.get("attempts").asInt()).isEqualTo(1);
                            assertThat(record.get("client").asString()).isEqualTo("127.0.0.1");
                            assertThat(record.get("rateLimit").asString()).isEqualTo("allowed");
                            assertThat(record.get("outcome").asString()).isEqualTo("success");
                            assertThat(record.propertyNames())
                                    .containsExactly(
                                            "time",
                                            "requestId",
                                            "client",
                                            "method",
                                            "path",
                                            "status",
                                            "bytes",
                                            "millis",
                                            "route",
                                            "upstream",
                                            "instance",
                                            "attempts",
                                            "upstreamMillis",
                                            "rateLimit",
                                            "rateLimitSource",
                                            "outcome");
                        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/actuator/prometheus", "/actuator/upstreams", "/actuator", "/anything"})
    void management_withoutToken_is401(String path) {
        assertThat(gateway.manage(path).statusCode()).isEqualTo(401);
        assertThat(gateway.manage(path, "Authorization", "Bearer wrong").statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"liveness", "readiness", "startup"})
    void management_healthWithoutToken_is200(String probe) {
        assertThat(gateway.manage("/actuator/health/" + probe).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator/env",
                "/actuator/heapdump",
                "/actuator/loggers",
                "/actuator/gateway/routes",
                "/actuator/shutdown",
                "/actuator/configprops"
            })
    void management_dangerousEndpoint_isNotThere(String path) {
        assertThat(managed(path).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator", "/actuator/health", "/actuator/prometheus"})
    void trafficPort_actuator_isNotThere(String path) {
        assertThat(gateway.get(path).statusCode()).isEqualTo(404);
    }

    @Test
    void trafficPort_upstreamHeaders_passUntouched() {
        HttpResponse<String> answer = gateway.get("/shop/cached");

        assertThat(answer.headers().allValues("Cache-Control"))
                .containsExactly("public, max-age=60");
        assertThat(answer.headers().allValues("X-Frame-Options")).containsExactly("ALLOW");
        assertThat(answer.headers().allValues("ETag")).containsExactly("\"1\"");
        assertThat(answer.headers().map())
                .doesNotContainKeys("Pragma", "Expires", "X-Content-Type-Options");
    }

    @Test
    void sbom_isServedWithItsComponents() {
        HttpResponse<String> sbom = managed("/actuator/sbom/application");

        assertThat(sbom.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(sbom.body()).get("components").findValuesAsString("name"))
                .contains("netty-handler", "spring-cloud-gateway-server-webflux");
    }

    @Test
    void rateLimits_ofAKey_canBeReadAndReset() {
        gateway.get("/shop/3");

        JsonNode bucket = JSON.readTree(managed("/actuator/ratelimits/small/ip:127.0.0.1").body());
        assertThat(bucket.get("capacity").asLong()).isEqualTo(1000);

        HttpRequest.Builder delete =
                HttpRequest.newBuilder(
                                gateway.managementUri("/actuator/ratelimits/small/ip:127.0.0.1"))
                        .DELETE();
        assertThat(gateway.send(delete, "Authorization", "Bearer " + TOKEN).statusCode())
                .isBetween(200, 204);
    }
}
