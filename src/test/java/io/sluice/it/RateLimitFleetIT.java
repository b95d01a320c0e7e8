package io.sluice.it;

import static io.sluice.it.LimitFleet.WIDE;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.sluice.it.Surge.Answer;
import io.sluice.ratelimit.redis.RedisProcess;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Three gateways over one Redis: under more load than their limit allows, and under load while
 * something happens to that Redis. What is asserted are counts before and after, of answers, of
 * decisions and of tokens; none of them depends on speed.
 */
class RateLimitFleetIT {

    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final int CLIENTS = 6;
    private static final int BUCKETS = 6;

    /** Long beside an answer's time, so that each gateway is asked about as often. */
    private static final Duration EVEN = Duration.ofMillis(30);

    private static final Duration PAUSE = Duration.ofMillis(5);

    private static RedisProcess redis;
    private static RedisClient client;
    private static RedisCommands<String, String> commands;
    private static LimitFleet fleet;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        client = RedisClient.create("redis://127.0.0.1:" + redis.port());
        commands = client.connect().sync();
        fleet = LimitFleet.start(3, "{ url: \"redis://127.0.0.1:" + redis.port() + "\" }", TIMEOUT);
    }

    @AfterAll
    static void stop() {
        if (fleet != null) {
            fleet.close();
        }
        client.shutdown(0, 1, TimeUnit.SECONDS);
        redis.close();
    }

    /** Seconds of overload: {@code -Dsluice.it.overload-seconds=20}. */
    @Test
    void overload_ofThreeGateways_admitsWhatTheBucketGivesAndSharesItEvenly() {
        long seconds = Long.getLong("sluice.it.overload-seconds", 15);
        try (Surge warm = Surge.start(fleet.gateways(), CLIENTS, PAUSE, "/wide", n -> "warm")) {
            awaitMore(warm);
            warm.stop();
        }
        LimitCounts before = fleet.counts("exact");
        double start = redisSeconds();
        List<Answer> answers;
        double end;
        try (Surge surge = Surge.start(fleet.gateways(), 12, EVEN, "/exact", n -> "all")) {
            sleepUntil(System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds));
            end = redisSeconds();
            answers = surge.stop();
        }
        double last = redisSeconds();
        List<Answer> admitted = answers.stream().filter(a -> a.status() == 200).toList();
        // None on a machine that keeps up: what Redis answers too late is lost to everybody.
        long lost = fleet.counts("exact").since(before).failures() * 12;
        long[] asked = new long[3];
        answers.forEach(answer -> asked[answer.gateway()]++);
        long[] shares = new long[3];
        admitted.forEach(answer -> shares[answer.gateway()]++);
        System.out.printf(
                "overload: %s asked, %s, %d lost at most, %.1f s, shares %s%n",
                Arrays.toString(asked),
                Surge.statuses(answers),
                lost,
                end - start,
                Arrays.toString(shares));
        assertThat(Surge.statuses(answers)).containsKey(429);
        assertThat(Surge.statuses(answers).keySet()).isSubsetOf(200, 429, 503);
        assertThat((double) admitted.size()).isLessThanOrEqualTo(bucket(last - start));
        assertThat((double) admitted.size())
                .isGreaterThanOrEqualTo(0.98 * bucket(end - start) - lost);
        for (long share : shares) {
            assertThat(3.0 * share).isBetween(admitted.size() * 0.8, admitted.size() * 1.2);
        }
    }

    /** What the policy "exact" may give in so many seconds. */
    private static double bucket(double seconds) {
        return 100 + 50 * seconds;
    }

    private static double redisSeconds() {
        List<String> time = commands.time();
        return Long.parseLong(time.get(0)) + Long.parseLong(time.get(1)) / 1e6;
    }

    /** What happens, how long, and how it ends. */
    enum Fault {
        FROZEN(3000, RedisProcess::freeze, RedisProcess::thaw),
        KILLED(1500, RedisProcess::kill, RedisProcess::restart),
        PAUSED(1500, redis -> client("PAUSE", "120000", "WRITE"), redis -> client("UNPAUSE")),
        FULL(1500, redis -> memory("1"), redis -> memory("0"));

        private final long millis;
        private final Consumer<RedisProcess> begins;
        private final Consumer<RedisProcess> ends;

        Fault(long millis, Consumer<RedisProcess> begins, Consumer<RedisProcess> ends) {
            this.millis = millis;
            this.begins = begins;
            this.ends = ends;
        }

        String bucket(int number) {
            return name() + number;
        }

        private static void client(String... arguments) {
            CommandArgs<String, String> all = new CommandArgs<>(StringCodec.UTF8);
            List.of(arguments).forEach(all::add);
            commands.dispatch(CommandType.CLIENT, new StatusOutput<>(StringCodec.UTF8), all);
        }

        private static void memory(String most) {
            commands.configSet("maxmemory-policy", "noeviction");
            commands.configSet("maxmemory", most);
        }
    }

    @ParameterizedTest
    @EnumSource
    void fault_underLoad_losesNoRequestAndTheBucketIsRightAfterwards(Fault fault) {
        LimitCounts before = fleet.counts("wide");
        try (Surge surge =
                Surge.start(
                        fleet.gateways(),
                        CLIENTS,
                        PAUSE,
                        "/wide",
                        n -> fault.bucket(n % BUCKETS))) {
            awaitMore(surge);
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(fault.millis);
            fault.begins.accept(redis);
            fleet.awaitStore("local");
            for (Gateway gateway : fleet.gateways()) {
                HttpResponse<String> closed = ask(gateway, "/strict", "strict");
                assertThat(closed.statusCode()).isEqualTo(503);
                assertThat(closed.headers().firstValue("Retry-After")).hasValue("1");
            }
            sleepUntil(end);
            fault.ends.accept(redis);
            fleet.awaitStore("redis");
            awaitMore(surge);

            List<Answer> answers = surge.stop();
            LimitCounts counts = fleet.counts("wide").since(before);
            assertThat(Surge.statuses(answers)).containsOnlyKeys(200);
            assertThat(counts.shared() + counts.local()).isEqualTo(answers.size());
            assertThat(counts.local()).isPositive();
            assertThat(counts.failures()).isGreaterThanOrEqualTo(5 * 3);
            long taken = IntStream.range(0, BUCKETS).mapToLong(i -> taken(fault.bucket(i))).sum();
            // What was taken before Redis was killed is forgotten.
            long least = fault == Fault.KILLED ? 1 : counts.shared();
            assertTaken(taken, least, counts);
        }
        assertRight(fault.bucket(0));
    }

    /**
     * What Redis gave to answers that came too late is lost; more than those calls asked for cannot
     * be: no call is sent twice.
     */
    private static void assertTaken(long taken, long least, LimitCounts counts) {
        assertThat(taken).isBetween(least, counts.shared() + counts.failures() * CLIENTS);
    }

    @Test
    void scriptFlush_underLoad_showsToNobody() {
        String bucket = "flush";
        LimitCounts before = fleet.counts("wide");
        try (Surge surge = Surge.start(fleet.gateways(), CLIENTS, PAUSE, "/wide", n -> bucket)) {
            for (int i = 0; i < 5; i++) {
                awaitMore(surge);
                commands.scriptFlush();
            }
            awaitMore(surge);
            List<Answer> answers = surge.stop();
            LimitCounts counts = fleet.counts("wide").since(before);
            assertThat(commands.info("errorstats")).contains("errorstat_NOSCRIPT");
            assertThat(Surge.statuses(answers)).containsOnlyKeys(200);
            assertThat(counts.shared() + counts.local()).isEqualTo(answers.size());
            assertTaken(taken(bucket), counts.shared(), counts);
            // An unknown script is no failure; a slow machine may still be too late now and then.
            assertThat(counts.local()).isLessThan(answers.size() / 10);
        }
        assertRight(bucket);
    }

    @Test
    void wrongType_atOneKey_leavesTheOthersToRedis() {
        commands.set(LimitFleet.key("wrong", "wide"), "no bucket");
        LimitCounts before = fleet.counts("wide");
        try (Surge surge =
                Surge.start(
                        fleet.gateways(),
                        CLIENTS,
                        PAUSE,
                        "/wide",
                        n -> n % 2 == 0 ? "wrong" : "good")) {
            for (int i = 0; i < 3; i++) {
                awaitMore(surge);
            }
            List<Answer> answers = surge.stop();
            LimitCounts counts = fleet.counts("wide").since(before);
            assertThat(Surge.statuses(answers)).containsOnlyKeys(200);
            assertThat(counts.shared() + counts.local()).isEqualTo(answers.size());
            long wrong = answers.stream().filter(a -> a.bucket().equals("wrong")).count();
            assertThat(counts.local()).isGreaterThanOrEqualTo(wrong);
            assertTaken(taken("good"), counts.shared(), counts);
        }
        assertThat(commands.get(LimitFleet.key("wrong", "wide"))).isEqualTo("no bucket");
        commands.del(LimitFleet.key("wrong", "wide"));
        ask(fleet.gateways().get(0), "/wide", "wrong");
        assertRight("wrong");
    }

    /** Until a run of requests is decided by Redis alone; then each has taken one token. */
    private static void assertRight(String bucket) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> {
                            LimitCounts before = fleet.counts("wide");
                            long taken = taken(bucket);
                            for (int i = 0; i < 12; i++) {
                                Gateway gateway = fleet.gateways().get(i % 3);
                                assertThat(ask(gateway, "/wide", bucket).statusCode())
                                        .isEqualTo(200);
                            }
                            assertThat(fleet.counts("wide").since(before).shared()).isEqualTo(12);
                            assertThat(taken(bucket)).isEqualTo(taken + 12);
                        });
        assertThat(commands.hgetall(LimitFleet.key(bucket, "wide")).keySet())
                .isEqualTo(Set.of("tokens", "last_refill", "fraction"));
    }

    private static HttpResponse<String> ask(Gateway gateway, String path, String bucket) {
        return gateway.get(path, Surge.BUCKET, bucket);
    }

    private static long taken(String bucket) {
        String tokens = commands.hget(LimitFleet.key(bucket, "wide"), "tokens");
        return tokens == null ? 0 : WIDE - Long.parseLong(tokens);
    }

    private static void awaitMore(Surge surge) {
        int seen = surge.answered();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> surge.answered() >= seen + 150);
    }

    private static void sleepUntil(long nanos) {
        long left;
        while ((left = nanos - System.nanoTime()) > 0) {
            LockSupport.parkNanos(left);
        }
    }
}
