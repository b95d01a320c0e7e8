package io.sluice.it;

import static io.sluice.it.LimitFleet.WIDE;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.sluice.it.Surge.Answer;
import io.sluice.ratelimit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A master, its replica and three Sentinels; the master dies or stands still under load. */
class RateLimitSentinelIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int QUIET = 40;

    private static final RedisClient CLIENT = RedisClient.create();

    private RedisProcess master;
    private RedisProcess replica;
    private List<RedisProcess> sentinels;
    private LimitFleet fleet;

    @BeforeEach
    void start() {
        master = RedisProcess.start();
        replica =
                RedisProcess.start(
                        "--replicaof",
                        "127.0.0.1",
                        "" + master.port(),
                        "--repl-diskless-sync-delay",
                        "0");
        await(() -> onServer(master, RedisCommands::info).contains("state=online"));
        sentinels = IntStream.range(0, 3).mapToObj(i -> sentinel(master.port())).toList();
        for (RedisProcess each : sentinels) {
            await(() -> knowsAll(onServer(each, redis -> redis.info("sentinel"))));
        }
        String nodes =
                sentinels.stream()
                        .map(each -> "\"127.0.0.1:" + each.port() + "\"")
                        .collect(Collectors.joining(", "));
        fleet =
                LimitFleet.start(
                        1,
                        "{ sentinel: { master: limits, nodes: [ " + nodes + " ] } }",
                        Duration.ofMillis(250));
    }

    private static RedisProcess sentinel(int master) {
        return RedisProcess.sentinel(
                "sentinel monitor limits 127.0.0.1 " + master + " 2",
                "sentinel down-after-milliseconds limits 1000",
                "sentinel failover-timeout limits 10000");
    }

    private static boolean knowsAll(String info) {
        return info.contains("slaves=1,sentinels=3") && info.contains("status=ok");
    }

    @AfterAll
    static void shutDown() {
        CLIENT.shutdown(0, 1, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        if (fleet != null) {
            fleet.close();
        }
        if (sentinels != null) {
            sentinels.forEach(RedisProcess::close);
        }
        replica.close();
        master.close();
    }

    /** How a master ends: a connection to it breaks, or stands and is never answered. */
    enum End {
        KILLED(RedisProcess::kill),
        FROZEN(RedisProcess::freeze);

        private final Consumer<RedisProcess> comes;

        End(Consumer<RedisProcess> comes) {
            this.comes = comes;
        }
    }

    @ParameterizedTest
    @EnumSource
    void master_endsUnderLoad_theReplicaTakesOverWithItsBuckets(End end) {
        Gateway gateway = fleet.gateways().get(0);
        int asked = 0;
        while (fleet.counts("wide").shared() < QUIET) {
            assertThat(gateway.get("/wide", Surge.BUCKET, "quiet").statusCode()).isEqualTo(200);
            asked++;
        }
        long quiet = onServer(master, redis -> tokens(redis, "quiet"));
        assertThat(quiet).isBetween(WIDE - asked, WIDE - QUIET);
        long replicas = onServer(master, redis -> redis.waitForReplication(1, 10_000));
        assertThat(replicas).isEqualTo(1);

        LimitCounts before = fleet.counts("wide");
        try (Surge surge =
                Surge.start(fleet.gateways(), 8, Duration.ofMillis(5), "/wide", n -> "busy")) {
            await(() -> surge.answered() > 200);
            end.comes.accept(master);
            fleet.awaitStore("local");
            assertThat(gateway.get("/strict", Surge.BUCKET, "x").statusCode()).isEqualTo(503);
            await(
                    () ->
                            onServer(
                                    replica,
                                    redis -> redis.info("replication").contains("role:master")));
            fleet.awaitStore("redis");
            int back = surge.answered();
            await(() -> surge.answered() > back + 200);

            List<Answer> answers = surge.stop();
            LimitCounts counts = fleet.counts("wide").since(before);
            assertThat(Surge.statuses(answers)).containsOnlyKeys(200);
            assertThat(counts.shared() + counts.local()).isEqualTo(answers.size());
            assertThat(counts.local()).isPositive();
            long busy = WIDE - onServer(replica, redis -> tokens(redis, "busy"));
            // What the old master had not yet passed on is the one thing that may be lost.
            assertThat(busy).isBetween(1L, counts.shared() + 8 * counts.failures());
        }
        long replicated = onServer(replica, redis -> tokens(redis, "quiet"));
        assertThat(replicated).isEqualTo(quiet);
        await(
                () -> {
                    long left = onServer(replica, redis -> tokens(redis, "quiet"));
                    LimitCounts now = fleet.counts("wide");
                    gateway.get("/wide", Surge.BUCKET, "quiet");
                    return fleet.counts("wide").since(now).shared() == 1
                            && onServer(replica, redis -> tokens(redis, "quiet")) == left - 1;
                });
    }

    private static long tokens(RedisCommands<String, String> redis, String bucket) {
        return Long.parseLong(redis.hget(LimitFleet.key(bucket, "wide"), "tokens"));
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(condition);
    }

    private static <T> T onServer(
            RedisProcess server, Function<RedisCommands<String, String>, T> question) {
        RedisURI uri = RedisURI.create("127.0.0.1", server.port());
        try (var connection = CLIENT.connect(uri)) {
            return question.apply(connection.sync());
        }
    }
}
