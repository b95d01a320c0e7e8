package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.Load.Get;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What narrows the choice before an algorithm makes it, and Spring's own Retry and CircuitBreaker
 * around it, through the running gateway.
 */
class SelectionIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static List<TestUpstream> zoned;
    private static List<TestUpstream> warming;
    private static List<TestUpstream> failing;
    private static TestUpstream fallback;
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        zoned = List.of(start("near-1"), start("near-2"), start("far"));
        warming = List.of(start("old"), start("warming"));
        failing = List.of(start("failing-1"), start("failing-2"), start("failing-3"));
        fallback = start("fallback");
        gateway = Gateway.start(configuration());
    }

    private static TestUpstream start(String name) {
        return TestUpstream.start(name).keep(false);
    }

    private static String configuration() {
        return """
        spring.cloud.gateway.server.webflux.routes:
          - { id: zoned, uri: "lb://zoned", predicates: [ "Path=/zoned/**" ] }
          - { id: warming, uri: "lb://warming", predicates: [ "Path=/warming/**" ] }
          - id: retried
            uri: lb://failing
            predicates: [ "Path=/retried/**" ]
            filters:
              - { name: Retry, args: { retries: 2, statuses: INTERNAL_SERVER_ERROR, methods: GET } }
          - id: dead
            uri: lb://dead
            predicates: [ "Path=/dead/**" ]
            filters: [ { name: Retry, args: { retries: 2, methods: GET } } ]
          - id: broken
            uri: lb://failing
            predicates: [ "Path=/broken/**" ]
            filters:
              - name: CircuitBreaker
                args: { name: failing, fallbackUri: "forward:/fallback", statusCodes: [ 500 ] }
          - { id: fallback, uri: "lb://fallback", predicates: [ "Path=/fallback" ] }
        sluice:
          zone: near
          upstreams:
            zoned:
              algorithm: round-robin
              outlier-detection: { enabled: false }
              health-check: { path: /healthz, interval: 300ms, timeout: 300ms, unhealthy-threshold: 3, healthy-threshold: 1 }
              instances:
                - { uri: "%s", zone: near }
                - { uri: "%s", zone: near }
                - { uri: "%s", zone: far }
            warming:
              algorithm: round-robin
              panic-threshold: 0
              slow-start: 6s
              outlier-detection: { enabled: false }
              health-check: { path: /healthz, interval: 300ms, timeout: 300ms, healthy-threshold: 1 }
              instances: [ { uri: "%s" }, { uri: "%s" } ]
            failing:
              algorithm: round-robin
              outlier-detection: { enabled: false }
              instances: [ { uri: "%s" }, { uri: "%s" }, { uri: "%s" } ]
            dead:
              outlier-detection: { enabled: false }
              instances: [ { uri: "http://127.0.0.1:%d" }, { uri: "http://127.0.0.1:%d" } ]
            fallback:
              instances: [ { uri: "%s" } ]
        """
                .formatted(
                        zoned.get(0).uri(),
                        zoned.get(1).uri(),
                        zoned.get(2).uri(),
                        warming.get(0).uri(),
                        warming.get(1).uri(),
                        failing.get(0).uri(),
                        failing.get(1).uri(),
                        failing.get(2).uri(),
                        Gateway.freePort(),
                        Gateway.freePort(),
                        fallback.uri());
    }

    @AfterAll
    static void stop() {
        gateway.close();
        zoned.forEach(TestUpstream::close);
        warming.forEach(TestUpstream::close);
        failing.forEach(TestUpstream::close);
        fallback.close();
    }

    @BeforeEach
    void allFail() {
        failing.forEach(one -> one.status(500).forget());
    }

    private static JsonNode status(String upstream) {
        return JSON.readTree(gateway.manage("/actuator/upstreams/" + upstream).body());
    }

    private static int sum(String upstream, String figure) {
        int sum = 0;
        for (JsonNode instance : status(upstream).get("instances")) {
            sum += instance.get(figure).asInt();
        }
        return sum;
    }

    /** A client may have its last byte a moment before the gateway knows that it was sent. */
    private static void awaitNothingInFlight(String upstream) {
        Awaitility.await().atMost(LIMIT).until(() -> sum(upstream, "inFlight") == 0);
    }

    private static JsonNode instance(String upstream, TestUpstream wanted) {
        for (JsonNode instance : status(upstream).get("instances")) {
            if (instance.get("uri").asString().equals(wanted.uri())) {
                return instance;
            }
        }
        throw new AssertionError("no instance " + wanted.name());
    }

    private static void awaitHealth(String upstream, TestUpstream instance, String health) {
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> instance(upstream, instance).get("health").asString().equals(health));
    }

    private static Map<String, Integer> shares(String path, int requests) {
        try (Load load = new Load(gateway, 4, "127.0.0.1")) {
            return Load.perUpstream(load.run(requests, number -> Get.of(path)));
        }
    }

    @Test
    void zone_ownIsWell_keepsTheTrafficAndSpillsOverWhileItIsNot() {
        assertThat(shares("/zoned/x", 200)).containsOnlyKeys("near-1", "near-2");
        assertThat(status("zoned").get("zoneLocal").asBoolean()).isTrue();

        zoned.get(0).status(503);
        awaitHealth("zoned", zoned.get(0), "down");
        assertThat(shares("/zoned/x", 200)).containsOnlyKeys("near-2", "far");
        assertThat(status("zoned").get("zoneLocal").asBoolean()).isFalse();

        zoned.get(0).status(200);
        awaitHealth("zoned", zoned.get(0), "up");
        assertThat(shares("/zoned/x", 200)).containsOnlyKeys("near-1", "near-2");
    }

    @Test
    void slowStart_recoveredInstance_climbsToItsFullShare() {
        TestUpstream back = warming.get(1);
        awaitFullWeight(warming.get(0)); // brand-new instances climb, too
        back.status(503);
        awaitHealth("warming", back, "down");
        back.status(200);
        awaitHealth("warming", back, "up");

        int early = shares("/warming/x", 200).getOrDefault("warming", 0);
        double weight = instance("warming", back).get("effectiveWeight").asDouble();

        // Read after the requests, so it bounds the share that they saw from above.
        assertThat(weight).isLessThan(1);
        assertThat(early).isBetween(5, (int) Math.ceil(200 * weight / (1 + weight)) + 2);
        awaitFullWeight(back);
        assertThat(shares("/warming/x", 200).get("warming")).isBetween(98, 102);
    }

    private static void awaitFullWeight(TestUpstream instance) {
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> instance("warming", instance).get("effectiveWeight").asDouble() == 1);
    }

    @Test
    void retryFilter_failingStatus_goesToAnotherInstanceEachTime() {
        assertThat(gateway.get("/retried/x").statusCode()).isEqualTo(500);

        assertThat(failing).allSatisfy(one -> assertThat(one.count()).isEqualTo(1));
        failing.get(2).status(200);
        for (int i = 0; i < 20; i++) {
            assertThat(gateway.get("/retried/x").statusCode()).isEqualTo(200);
        }
        awaitNothingInFlight("failing");
    }

    @Test
    void retryFilter_deadUpstream_doesNotMultiplyWithOurRetries() {
        int requests = 30;
        int before = sum("dead", "picks");
        for (int i = 0; i < requests; i++) {
            assertThat(gateway.get("/dead/x").statusCode()).isEqualTo(502);
        }

        // At most our two attempts and the filter's two further ones; six would be their product.
        assertThat(sum("dead", "picks") - before).isBetween(3 * requests, 4 * requests);
        awaitNothingInFlight("dead");
        assertThat(sum("dead", "failures")).isEqualTo(sum("dead", "picks"));
    }

    @Test
    void circuitBreaker_failingStatus_fallsBackToAnotherUpstreamAndCountsAgree() {
        fallback.forget();
        for (int i = 0; i < 30; i++) {
            assertThat(gateway.get("/broken/x").body()).isEqualTo("fallback");
        }

        assertThat(fallback.count()).isEqualTo(30);
        awaitNothingInFlight("failing");
        awaitNothingInFlight("fallback");
        assertThat(gateway.log()).doesNotContain("LEAK:").doesNotContain(" ERROR ");
    }
}
