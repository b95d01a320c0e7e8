package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.it.Load.Answer;
import io.sluice.it.Load.Get;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The six algorithms, each under 9,000 requests of 64 clients through the running gateway. */
class BalancingIT {

    private static final int REQUESTS = 9_000;
    private static final int CLIENTS = 64;

    /** The peer that may name other clients; 127.0.0.1, the peer of most requests, may not. */
    private static final String TRUSTED_PEER = "127.0.0.2";

    private static final Map<String, List<TestUpstream>> UPSTREAMS = new TreeMap<>();
    private static Gateway gateway;

    private Load load;

    @BeforeAll
    static void startGateway() {
        StringBuilder routes = new StringBuilder();
        StringBuilder upstreams = new StringBuilder();
        add(routes, upstreams, "even", 3, "algorithm: round-robin");
        addWeighted(routes, upstreams);
        add(routes, upstreams, "connections", 4, "algorithm: least-connections");
        add(routes, upstreams, "ip", 4, "algorithm: ip-hash");
        add(routes, upstreams, "time", 3, "algorithm: least-response-time");
        add(
                routes,
                upstreams,
                "hashed",
                10,
                "algorithm: consistent-hashing",
                "hash-key: header:X-Key",
                "outlier-detection: { base-ejection: 1s }",
                "health-check: { path: /healthz, interval: 1s, healthy-threshold: 1 }");
        add(routes, upstreams, "killed", 3, "algorithm: round-robin");
        add(routes, upstreams, "slow", 1, "timeouts: { response: 300ms }");
        add(
                routes,
                upstreams,
                "sick",
                1,
                "panic-threshold: 0",
                "health-check: { path: /healthz, interval: 200ms, timeout: 200ms }");
        addNobody(routes, upstreams);
        gateway =
                Gateway.start(
                        "spring.cloud.gateway.server.webflux.routes:\n"
                                + routes
                                + "sluice:\n  trusted-proxies: [ "
                                + TRUSTED_PEER
                                + "/32 ]\n  upstreams:\n"
                                + upstreams);
    }

    private static void add(
            StringBuilder routes,
            StringBuilder upstreams,
            String id,
            int instances,
            String... settings) {
        route(routes, id);
        upstreams.append("    ").append(id).append(":\n");
        for (String setting : settings) {
            upstreams.append("      ").append(setting).append('\n');
        }
        upstreams.append("      instances:\n");
        for (TestUpstream one : started(id, instances)) {
            upstreams.append("        - { uri: \"").append(one.uri()).append("\" }\n");
        }
    }

    private static List<TestUpstream> started(String id, int instances) {
        List<TestUpstream> all =
                IntStream.range(0, instances)
                        .mapToObj(i -> TestUpstream.start(id + "-" + i).keep(false))
                        .toList();
        UPSTREAMS.put(id, all);
        return all;
    }

    /** Weights 5, 1 and 1, and a fourth instance that is drained. */
    private static void addWeighted(StringBuilder routes, StringBuilder upstreams) {
        route(routes, "weighted");
        upstreams.append("    weighted:\n      algorithm: weighted-round-robin\n");
        upstreams.append("      instances:\n");
        int[] weights = {5, 1, 1, 0};
        for (TestUpstream one : started("weighted", weights.length)) {
            int weight = weights[UPSTREAMS.get("weighted").indexOf(one)];
            upstreams.append(
                    "        - { uri: \"%s\", weight: %d }%n".formatted(one.uri(), weight));
        }
    }

    /** Two addresses where nobody listens. */
    private static void addNobody(StringBuilder routes, StringBuilder upstreams) {
        route(routes, "nobody");
        upstreams.append("    nobody:\n      instances:\n");
        for (int i = 0; i < 2; i++) {
            upstreams.append(
                    "        - { uri: \"http://127.0.0.1:%d\" }%n".formatted(Gateway.freePort()));
        }
    }

    private static void route(StringBuilder routes, String id) {
        routes.append(
                "  - { id: %1$s, uri: \"lb://%1$s\", predicates: [ \"Path=/%1$s/**\" ] }%n"
                        .formatted(id));
    }

    @AfterAll
    static void stop() {
        try {
            assertThat(gateway.log()).doesNotContain("LEAK:").doesNotContain(" ERROR ");
        } finally {
            gateway.close();
            UPSTREAMS.values().forEach(all -> all.forEach(TestUpstream::close));
        }
    }

    @BeforeEach
    void connect() {
        load = new Load(gateway, CLIENTS, "127.0.0.1");
    }

    @AfterEach
    void disconnect() {
        load.close();
    }

    private static IntFunction<Get> plain(String id) {
        return number -> Get.of("/" + id + "/x");
    }

    private static void assertAllAnswered(List<Answer> answers) {
        assertThat(
                        answers.stream()
                                .collect(
                                        Collectors.groupingBy(
                                                Answer::status, Collectors.counting())))
                .as("answers by status")
                .containsOnlyKeys(200);
    }

    @Test
    void roundRobin_manyClients_everyInstanceGetsTheSame() {
        List<Answer> answers = load.run(REQUESTS, plain("even"));
        assertAllAnswered(answers);
        Map<String, Integer> counts = Load.perUpstream(answers);
        assertThat(counts).hasSize(3);
        assertThat(counts.values())
                .allSatisfy(n -> assertThat(n).isCloseTo(REQUESTS / 3, within(1)));
    }

    @Test
    void weights_oneClient_everyCycleIsExact() {
        try (Load alone = new Load(gateway, 1, "127.0.0.1")) {
            List<String> picks =
                    alone.run(70, plain("weighted")).stream().map(Answer::upstream).toList();
            for (int from = 0; from + 7 <= picks.size(); from++) {
                assertThat(counts(picks.subList(from, from + 7)))
                        .as("picks %d to %d", from, from + 6)
                        .isEqualTo(Map.of("weighted-0", 5, "weighted-1", 1, "weighted-2", 1));
            }
        }
    }

    private static Map<String, Integer> counts(List<String> names) {
        Map<String, Integer> counts = new TreeMap<>();
        names.forEach(name -> counts.merge(name, 1, Integer::sum));
        return counts;
    }

    @Test
    void weights_manyClients_wholeCyclesAreExactAndADrainedInstanceGetsNothing() {
        int cycles = REQUESTS / 7;
        List<Answer> answers = load.run(cycles * 7, plain("weighted"));
        assertAllAnswered(answers);
        Map<String, Integer> counts = Load.perUpstream(answers);
        assertThat(counts).containsOnlyKeys("weighted-0", "weighted-1", "weighted-2");
        assertThat(counts.get("weighted-0")).isCloseTo(5 * cycles, within(1));
        assertThat(counts.get("weighted-1")).isCloseTo(cycles, within(1));
        assertThat(counts.get("weighted-2")).isCloseTo(cycles, within(1));
    }

    @Test
    void leastConnections_oneHangs_itGetsLessThanTwoPercent() {
        TestUpstream hanging = UPSTREAMS.get("connections").get(0).hang(true);
        hanging.forget();
        Queue<Answer> answered = new ConcurrentLinkedQueue<>();
        CompletableFuture<List<Answer>> all = load.start(REQUESTS, plain("connections"), answered);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> answered.size() + hanging.open() == REQUESTS);
        int hung = hanging.open();
        hanging.release();
        assertAllAnswered(all.join());
        assertThat(hung).isBetween(1, REQUESTS * 2 / 100 - 1);
        assertThat(hanging.count()).isEqualTo(hung);
    }

    @Test
    void ipHash_untrustedPeerForgesForwardedFor_staysOnItsInstance() {
        List<Answer> answers = load.run(REQUESTS, n -> forwarded("/ip/x", n));
        assertAllAnswered(answers);
        assertThat(Load.perUpstream(answers)).hasSize(1);
    }

    @Test
    void ipHash_trustedPeerNamesClients_eachStaysAndTogetherTheySpread() {
        try (Load proxy = new Load(gateway, CLIENTS, TRUSTED_PEER)) {
            List<Answer> answers = proxy.run(REQUESTS, n -> forwarded("/ip/x", n % 300));
            assertAllAnswered(answers);
            Map<Integer, Set<String>> perClient = new TreeMap<>();
            for (Answer answer : answers) {
                perClient
                        .computeIfAbsent(answer.number() % 300, client -> new HashSet<>())
                        .add(answer.upstream());
            }
            assertThat(perClient.values()).allSatisfy(used -> assertThat(used).hasSize(1));
            Map<String, Integer> counts = Load.perUpstream(answers);
            assertThat(counts).hasSize(4);
            assertThat(counts.values())
                    .allSatisfy(n -> assertThat(n).isBetween(REQUESTS / 8, REQUESTS * 2 / 4));
        }
    }

    private static Get forwarded(String target, int client) {
        String address = "198.51." + client / 250 + "." + (1 + client % 250);
        return new Get(target, "X-Forwarded-For", address);
    }

    @Test
    void leastResponseTime_oneIsTenTimesSlower_itGetsLessThanTenPercent() {
        List<TestUpstream> instances = UPSTREAMS.get("time");
        instances.forEach(one -> one.delay(Duration.ofMillis(20)));
        instances.get(2).delay(Duration.ofMillis(200));
        List<Answer> answers = load.run(REQUESTS, plain("time"));
        assertAllAnswered(answers);
        Map<String, Integer> counts = Load.perUpstream(answers);
        assertThat(counts).hasSize(3);
        assertThat(counts.get("time-2")).isBetween(1, REQUESTS / 10 - 1);
    }

    @Test
    void consistentHashing_oneOfTenGoesAndComesBack_onlyItsKeysMoveAndReturn() {
        TestUpstream gone = UPSTREAMS.get("hashed").get(3);
        Map<String, String> before = owners();
        assertThat(new HashSet<>(before.values())).hasSize(10);
        gone.close();
        Map<String, String> without = owners();
        Set<String> moved = differing(before, without);
        assertThat(moved).hasSizeLessThanOrEqualTo(KEYS * 15 / 100);
        assertThat(moved)
                .allSatisfy(key -> assertThat(before.get(key)).as(key).isEqualTo(gone.name()));
        assertThat(without.values()).doesNotContain(gone.name());
        gone.restart();
        // Its trial request comes first, so the keys are back a moment after the instance is.
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(owners()).isEqualTo(before));
    }

    private static final int KEYS = REQUESTS / 3;

    /** Which instance answers each key; one third of the 9,000 requests. */
    private Map<String, String> owners() {
        List<Answer> answers = load.run(KEYS, n -> new Get("/hashed/x", "X-Key", "key-" + n));
        assertAllAnswered(answers);
        Map<String, String> owners = new TreeMap<>();
        answers.forEach(answer -> owners.put("key-" + answer.number(), answer.upstream()));
        return owners;
    }

    private static Set<String> differing(Map<String, String> one, Map<String, String> other) {
        return one.keySet().stream()
                .filter(key -> !one.get(key).equals(other.get(key)))
                .collect(Collectors.toSet());
    }

    @Test
    void retry_oneOfThreeIsKilledUnderLoad_noGetFails() {
        UPSTREAMS.get("killed").forEach(one -> one.delay(Duration.ofMillis(5)));
        TestUpstream victim = UPSTREAMS.get("killed").get(1);
        Queue<Answer> answered = new ConcurrentLinkedQueue<>();
        CompletableFuture<List<Answer>> all = load.start(REQUESTS, plain("killed"), answered);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> answered.size() > REQUESTS / 3);
        victim.close();
        int before = answered.size();
        List<Answer> answers = all.join();
        assertThat(before).as("answers before the kill").isLessThan(REQUESTS - CLIENTS);
        assertAllAnswered(answers);
        assertThat(Load.perUpstream(answers).get(victim.name())).isLessThan(REQUESTS / 3);
        List<String> late = new ArrayList<>();
        load.run(300, plain("killed")).forEach(answer -> late.add(answer.upstream()));
        assertThat(late).doesNotContain(victim.name()).doesNotContain("");
    }

    @Test
    void connectFailure_onEveryInstance_502() {
        assertProblem(gateway.get("/nobody/x"), 502, "upstream-connect-failed");
        assertThat(gateway.manage("/actuator/prometheus").body())
                .containsPattern(
                        "sluice_upstream_retries_total\\{[^}]*upstream=\"nobody\"[^}]*} 1\\.0");
    }

    @Test
    void responseTimeout_noFirstByteInTime_504() {
        TestUpstream hanging = UPSTREAMS.get("slow").get(0).hang(true);
        hanging.forget();
        assertProblem(gateway.get("/slow/x"), 504, "upstream-timeout");
        assertThat(hanging.count()).as("a timeout is not retried").isEqualTo(1);
    }

    /** The only instance fails its checks, and panic mode is off. */
    @Test
    void noUsableInstance_503() {
        UPSTREAMS.get("sick").get(0).status(500);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(
                        () ->
                                gateway.manage("/actuator/upstreams/sick")
                                        .body()
                                        .contains("\"down\""));
        assertProblem(gateway.get("/sick/x"), 503, "no-upstream-instance");
    }

    private static void assertProblem(HttpResponse<String> response, int status, String error) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type"))
                .contains("application/problem+json");
        assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(response.body()).contains("\"error\":\"" + error + "\"");
    }
}
