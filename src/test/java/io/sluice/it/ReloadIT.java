package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.ratelimit.redis.RedisProcess;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The packaged jar, whose mounted configuration is changed again and again under load. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReloadIT {

    static final int CAPACITY = 100_000;
    static final int UPSTREAMS = 3;

    private static final int CHANGES = 100;
    private static final int BROKEN_EACH = 5;
    private static final int STEADY = 10_000_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** %1$d: version, %2$s: its upstream, %3$s: the slow upstream, %4$s: its algorithm. */
    private static final String CONFIG =
            """
            spring.cloud.gateway.server.webflux.routes:
              - id: r
                uri: lb://u
                predicates: [ "Path=/r/**" ]
                filters: [ "RateLimit=version,steady", "AddResponseHeader=X-Version, %1$d" ]
              - { id: slow, uri: "lb://slow", predicates: [ "Path=/slow/**" ] }
            sluice:
              rate-limits:
                version:
                  { key: ip, capacity: 10%1$04d, refill-tokens: 100000, refill-period: 1s }
                steady:
                  { key: global, capacity: 10000000, refill-tokens: 100, refill-period: 1d }
              upstreams:
                u:
                  instances: [ { uri: "%2$s" } ]
                slow:
                  algorithm: %4$s
                  instances: [ { uri: "%3$s" } ]
            logging.level.io.sluice.nobody: %5$s
            """;

    private static final List<String> ALGORITHMS =
            List.of("least-response-time", "least-connections", "round-robin");

    private static final List<TestUpstream> INSTANCES = new ArrayList<>();
    private static TestUpstream slow;
    private static RedisProcess redis;
    private static MountedConfig config;
    private static Path lastGood;
    private static Gateway gateway;
    private static int version = 1;

    @BeforeAll
    static void start() throws IOException {
        for (int i = 0; i < UPSTREAMS; i++) {
            INSTANCES.add(TestUpstream.start("u" + i));
        }
        slow = TestUpstream.start("slow");
        redis = RedisProcess.start();
        config = MountedConfig.of(yaml(version));
        lastGood = Files.createTempDirectory("sluice-last-good");
        gateway = started(config, lastGood);
        gateway.awaitReady();
    }

    private static Gateway started(MountedConfig mounted, Path kept) {
        return Gateway.launch(
                "",
                Map.of(),
                mounted.argument(),
                "--spring.data.redis.url=redis://127.0.0.1:" + redis.port(),
                "--sluice.reload.last-good-directory=" + kept,
                "--sluice.reload.poll-interval=100ms",
                "--sluice.reload.quiet-period=10ms");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        INSTANCES.forEach(TestUpstream::close);
        slow.close();
        redis.close();
    }

    private static String yaml(int number) {
        return CONFIG.formatted(
                number,
                INSTANCES.get(number % UPSTREAMS).uri(),
                slow.uri(),
                ALGORITHMS.get(number % ALGORITHMS.size()),
                number % 2 == 0 ? "DEBUG" : "WARN");
    }

    /** One defect each, in turn; with the key that is to be named. */
    private static String[] broken(int turn, int number) {
        String yaml = yaml(number);
        return switch (turn % 5) {
            case 0 -> new String[] {yaml.replace("  upstreams:", "  upstreams: ["), "(the whole"};
            case 1 -> new String[] {yaml.replace("algorithm:", "algoritm:"), "algoritm"};
            case 2 -> new String[] {yaml.replace("capacity: 10000000", "capacity: 0"), "capacity"};
            case 3 -> new String[] {yaml.replace("lb://slow", "lb://sloe"), "routes[slow].uri"};
            default -> new String[] {yaml.replace("RateLimit=version", "RateLimit=x"), "RateLimit"};
        };
    }

    @Test
    @Order(1)
    void reload_hundredChangesUnderLoad_failsNoRequestMixesNothingAndKeepsState() {
        slow.hang(true);
        CompletableFuture<HttpResponse<String>> held =
                gateway.http()
                        .sendAsync(
                                HttpRequest.newBuilder(gateway.uri("/slow/x")).build(),
                                HttpResponse.BodyHandlers.ofString());
        await(() -> inFlight() == 1);
        try (ReloadLoad load = new ReloadLoad(gateway)) {
            int refused = 0;
            for (int change = 1; change <= CHANGES; change++) {
                if (change % BROKEN_EACH == 0) {
                    refuse(broken(refused++, version + 1));
                } else {
                    activate(++version);
                }
            }
            assertThat(inFlight()).isEqualTo(1);
            load.close();
            System.out.println(
                    load.answered() + " answers of " + load.versions() + " versions over reloads");
            assertThat(load.wrong()).isEmpty();
            assertThat(load.answered()).isGreaterThan(CHANGES);
            assertThat(load.versions()).isGreaterThan(CHANGES / 4);
            // A call that took too long is decided here; it may have taken its token all the same.
            assertThat(STEADY - tokens()).isBetween(decidedByRedis(), load.answered());
            assertThat(decidedByRedis()).isGreaterThan(load.answered() / 2);
        }
        assertThat(held).isNotDone();
        slow.release();
        assertThat(held.join().statusCode()).isEqualTo(200);
        await(() -> inFlight() == 0);
        String metrics = gateway.manage("/actuator/prometheus").body();
        assertThat(metrics)
                .contains("sluice_config_version " + version + ".0")
                .contains("sluice_config_reloads_total{result=\"refused\"} 20.0")
                .contains("sluice_config_reloads_total{result=\"applied\"} 80.0");
    }

    private static void activate(int number) {
        config.swap(yaml(number));
        await(() -> configuration(gateway).path("version").asInt() == number);
    }

    private static void refuse(String[] bad) {
        String before = refusal(gateway).path("time").asString("");
        config.swap(bad[0]);
        await(() -> !refusal(gateway).path("time").asString("").equals(before));
        JsonNode refusal = refusal(gateway);
        assertThat(refusal.path("key").asString()).contains(bad[1]);
        assertThat(refusal.path("file").asString("")).endsWith("application.yml");
        assertThat(refusal.path("reason").asString()).isNotBlank();
        assertThat(gateway.log()).contains(refusal.path("key").asString());
    }

    @Test
    @Order(2)
    void reload_keyThatNeedsARestart_appliesTheRestAndNamesIt() {
        version++;
        config.swap(yaml(version) + "server.netty.idle-timeout: 61s\n");
        await(() -> configuration(gateway).path("version").asInt() == version);
        assertThat(configuration(gateway).path("restartNeeded").values().stream())
                .extracting(JsonNode::asString)
                .containsExactly("server.netty.idle-timeout");
    }

    @Test
    @Order(3)
    void start_brokenConfiguration_runsOnTheLastGoodOneAndTheFleetTells() throws IOException {
        Path kept = Files.createTempDirectory("sluice-last-good");
        Files.copy(lastGood.resolve("last-good.properties"), kept.resolve("last-good.properties"));
        String[] bad = broken(0, version);
        MountedConfig other = MountedConfig.of(bad[0]);
        try (Gateway second = started(other, kept)) {
            second.awaitReady();
            assertThat(second.get("/r/x").headers().firstValue("X-Version"))
                    .contains(Integer.toString(version));
            assertThat(configuration(second).path("lastGood").asBoolean()).isTrue();
            assertThat(refusal(second).path("file").asString()).isEqualTo(other.file().toString());
            assertThat(second.log()).contains("last good");

            await(() -> fleet().path("gateways").size() == 2);
            assertThat(fleet().path("scope").asString()).contains("Redis");
            assertThat(fleetMember(one -> one.path("lastGood").asBoolean()).path("refusal"))
                    .isEqualTo(refusal(second));

            version++;
            other.swap(yaml(version));
            await(() -> !configuration(second).path("lastGood").asBoolean());
            activate(version);
            await(() -> fleet().path("hashes").size() == 1);
        }
    }

    private static JsonNode fleet() {
        return JSON.readTree(gateway.manage("/actuator/fleet").body());
    }

    private static JsonNode fleetMember(Predicate<JsonNode> which) {
        return fleet().path("gateways").values().stream().filter(which).findFirst().orElseThrow();
    }

    private static JsonNode configuration(Gateway of) {
        return JSON.readTree(of.manage("/actuator/routes").body()).path("configuration");
    }

    private static JsonNode refusal(Gateway of) {
        return configuration(of).path("lastRefusal");
    }

    private static int inFlight() {
        return JSON.readTree(gateway.manage("/actuator/upstreams/slow").body())
                .path("instances")
                .path(0)
                .path("inFlight")
                .asInt();
    }

    /** Requests that the steady policy's bucket in Redis let pass. */
    private static int decidedByRedis() {
        return gateway.manage("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith("sluice_ratelimit_decisions_total{"))
                .filter(line -> line.contains("policy=\"steady\""))
                .filter(line -> line.contains("decision=\"allowed\""))
                .filter(line -> line.matches(".*source=\"(redis|coalesced)\".*"))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static int tokens() {
        return JSON.readTree(gateway.manage("/actuator/ratelimits/steady/global").body())
                .path("tokens")
                .asInt();
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }
}
