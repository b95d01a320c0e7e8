package io.sluice.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import io.sluice.ratelimit.BucketKeys;
import io.sluice.ratelimit.BucketShape;
import io.sluice.ratelimit.BucketUnavailableException;
import io.sluice.ratelimit.Decision;
import io.sluice.ratelimit.Demand;
import io.sluice.ratelimit.DenyCache;
import io.sluice.ratelimit.Limits;
import io.sluice.ratelimit.LocalStore;
import io.sluice.ratelimit.Pause;
import io.sluice.ratelimit.PolicyResult;
import io.sluice.ratelimit.RateLimiter;
import io.sluice.ratelimit.ServerBreakers;
import io.sluice.ratelimit.SharedBuckets;
import io.sluice.ratelimit.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisStoreIT {

    private static final Duration TIMEOUT = Duration.ofMillis(50);

    /** For what is not about time: a busy machine must not fail it. */
    private static final Duration PATIENT = Duration.ofSeconds(10);

    private RedisProcess redis;
    private RedisClient client;
    private RedisCommands<String, String> commands;
    private RedisStore store;

    @BeforeEach
    void start() {
        redis = RedisProcess.start();
        client = RedisClient.create("redis://127.0.0.1:" + redis.port());
        commands = client.connect().sync();
        store = open(PATIENT);
    }

    @AfterEach
    void stop() {
        store.close();
        client.shutdown(0, 1, TimeUnit.SECONDS);
        redis.close();
    }

    private RedisStore open(Duration timeout) {
        RedisLink link = RedisLinks.open(Details.standalone(redis.port()), false);
        RedisProcess.await(() -> link.commands() != null);
        return new RedisStore(link, timeout, System::nanoTime);
    }

    private Decision decide(Demand... demands) {
        return decide(store, demands);
    }

    private static Decision decide(RedisStore store, Demand... demands) {
        return store.decide(List.of(demands), 1).toCompletableFuture().join();
    }

    private static Demand demand(String name, long capacity, String user) {
        return Limits.policy(name, capacity, 1).demand("user:" + user);
    }

    private static Demand slow(String name, long capacity, String user) {
        return demand(name, capacity, user)
                .withShape(BucketShape.of(capacity, 1, Duration.ofDays(1).toNanos() / 1000));
    }

    @Test
    void decide_severalPolicies_isOneScriptOnOneSlot() {
        String before = calls("evalsha");
        Decision decision = decide(slow("a", 5, "42"), slow("b", 9, "42"));
        assertThat(before).isEqualTo("0");
        assertThat(decision.source()).isEqualTo(Decision.Source.REDIS);
        assertThat(decision.results()).extracting(PolicyResult::remaining).containsExactly(4L, 8L);
        assertThat(commands.hget("ratelimit:{user:42}:a", "tokens")).isEqualTo("4");
        assertThat(commands.hgetall("ratelimit:{user:42}:b"))
                .containsOnlyKeys("tokens", "last_refill", "fraction");
        decide(slow("a", 5, "42"), slow("b", 9, "42"));
        assertThat(calls("evalsha")).isEqualTo("2");
        assertThat(calls("eval")).isEqualTo("1");
    }

    private String calls(String command) {
        for (String line : commands.info("commandstats").split("\r\n")) {
            if (line.startsWith("cmdstat_" + command + ":calls=")) {
                return line.replaceAll(".*:calls=(\\d+),.*", "$1");
            }
        }
        return "0";
    }

    /** P4 */
    @Test
    void decide_denied_changesNoKey() {
        Demand wide = slow("wide", 100, "1");
        Demand tight = slow("tight", 1, "1");
        decide(wide, tight);
        byte[] wideBefore = commands.dump(wide.bucket());
        byte[] tightBefore = commands.dump(tight.bucket());
        long expiry = commands.pexpiretime(tight.bucket());
        Decision denied = decide(wide, tight);
        assertThat(denied.allowed()).isFalse();
        assertThat(denied.results().get(0).policy().name()).isEqualTo("tight");
        assertThat(commands.dump(wide.bucket())).isEqualTo(wideBefore);
        assertThat(commands.dump(tight.bucket())).isEqualTo(tightBefore);
        assertThat(commands.pexpiretime(tight.bucket())).isEqualTo(expiry);
    }

    @Test
    void peek_andReset_lookAndFill() {
        Demand demand = slow("p", 5, "1");
        decide(demand);
        long expiry = commands.pexpiretime(demand.bucket());
        assertThat(store.peek(demand).toCompletableFuture().join().remaining()).isEqualTo(4);
        assertThat(commands.pexpiretime(demand.bucket())).isEqualTo(expiry);
        assertThat(store.reset(demand.bucket()).toCompletableFuture().join()).isTrue();
        assertThat(store.reset(demand.bucket()).toCompletableFuture().join()).isFalse();
        assertThat(store.peek(demand).toCompletableFuture().join().remaining()).isEqualTo(5);
    }

    /** P11: gone within two seconds of being full, and not before it is. */
    @Test
    void key_full_expires() {
        Demand demand = demand("p", 5, "1").withShape(BucketShape.of(5, 10, 1_000_000));
        decide(demand);
        assertThat(commands.pttl(demand.bucket())).isBetween(101L, 1100L);
        RedisProcess.await(() -> commands.exists(demand.bucket()) == 0);
    }

    @Test
    void key_neverFull_staysForEver() {
        Demand demand = demand("p", 5, "1").withShape(BucketShape.of(5, 0, 1));
        decide(demand);
        assertThat(commands.pttl(demand.bucket())).isEqualTo(-1);
    }

    /** P10 */
    @Test
    void keys_strangeIdentifiers_lieInOneSlotEach() {
        for (String user :
                List.of("{", "}", "{}", "a}b{c", "\r\n", "\u0000", "\ud83d", "x".repeat(4096))) {
            String identity = "user:" + BucketKeys.encode(user);
            int slot = SlotHash.getSlot(BucketKeys.bucket("a", identity));
            assertThat(SlotHash.getSlot(BucketKeys.bucket("b", identity))).isEqualTo(slot);
            assertThat(SlotHash.getSlot(identity)).isEqualTo(slot);
        }
    }

    @Test
    void scriptFlush_underCalls_showsToNobody() {
        Demand demand = slow("p", 1_000, "1");
        int admitted = 0;
        for (int i = 0; i < 300; i++) {
            if (i % 50 == 25) {
                commands.scriptFlush();
            }
            admitted += decide(demand).allowed() ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(300);
        assertThat(store.peek(demand).toCompletableFuture().join().remaining()).isEqualTo(700);
    }

    @Test
    void wrongType_atTheKey_isUnreadable() {
        commands.set("ratelimit:{user:1}:p", "x");
        assertThatThrownBy(() -> decide(demand("p", 5, "1")))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(BucketUnavailableException.class);
        commands.hset("ratelimit:{user:2}:p", Map.of("tokens", "x", "last_refill", "0"));
        assertThatThrownBy(() -> decide(demand("p", 5, "2")))
                .hasCauseInstanceOf(BucketUnavailableException.class);
        assertThat(decide(demand("p", 5, "3")).allowed()).isTrue();
    }

    @Test
    void outOfMemory_onGrant_isAFailureAndDeniesStillWork() {
        Demand empty = slow("p", 1, "1");
        decide(empty);
        commands.configSet("maxmemory", "1");
        commands.configSet("maxmemory-policy", "noeviction");
        assertThatThrownBy(() -> decide(slow("p", 5, "2"))).hasMessageContaining("OOM");
        assertThat(decide(empty).allowed()).isFalse();
        commands.configSet("maxmemory", "0");
        assertThat(decide(slow("p", 5, "2")).results().get(0).remaining()).isEqualTo(4);
    }

    @Test
    void frozen_store_failsAtTheTimeoutAndReplaysNothing() {
        store.close();
        store = open(TIMEOUT);
        Demand demand = slow("p", 100, "1");
        RateLimiter limiter = limiter();
        warm(limiter);
        redis.freeze();
        long start = System.nanoTime();
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            verdicts.add(limiter.decide(List.of(demand)).toCompletableFuture().join());
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertThat(verdicts)
                .allMatch(
                        v ->
                                v instanceof Verdict.Decided d
                                        && d.decision().source() == Decision.Source.LOCAL);
        assertThat(took).isBetween(TIMEOUT.multipliedBy(5), Duration.ofSeconds(5));
        redis.thaw();
        RedisProcess.await(() -> source(limiter) == Decision.Source.REDIS);
        RedisProcess.await(() -> commands.ping().equals("PONG"));
        long tokens = Long.parseLong(commands.hget(demand.bucket(), "tokens"));
        // Five timeouts and the probes were sent before it froze or while it was; nothing else.
        assertThat(tokens).isBetween(60L, 95L);
    }

    @Test
    void killed_server_isReplacedLocallyAndComesBack() {
        Demand demand = slow("p", 100, "1");
        RateLimiter limiter = limiter();
        warm(limiter);
        decided(limiter, demand);
        redis.kill();
        for (int i = 0; i < 50; i++) {
            assertThat(decided(limiter, demand).source()).isEqualTo(Decision.Source.LOCAL);
        }
        redis.restart();
        RedisProcess.await(() -> source(limiter) == Decision.Source.REDIS);
        assertThat(decided(limiter, demand).source()).isEqualTo(Decision.Source.REDIS);
        RedisCommands<String, String> again = client.connect().sync();
        assertThat(again.hget(demand.bucket(), "tokens")).isEqualTo("99");
    }

    @Test
    void connect_serverNotThereYet_costsNothingAndSucceedsLater() {
        redis.kill();
        RedisLink link = RedisLinks.open(Details.standalone(redis.port()), false);
        try (RedisStore early = new RedisStore(link, PATIENT, System::nanoTime)) {
            CompletableFuture<Decision> refused =
                    early.decide(List.of(demand("p", 5, "1")), 1).toCompletableFuture();
            assertThat(refused).isCompletedExceptionally();
            assertThat(early.reset("x").toCompletableFuture()).isCompletedExceptionally();
            redis.restart();
            RedisProcess.await(() -> link.commands() != null);
            assertThat(decide(early, demand("p", 5, "1")).allowed()).isTrue();
        }
    }

    @Test
    void decide_timedOut_neverSendsTheTextLate() {
        redis.freeze();
        RedisLink link = RedisLinks.open(Details.standalone(redis.port()), false);
        redis.thaw();
        RedisProcess.await(() -> link.commands() != null);
        try (RedisStore hurried = new RedisStore(link, Duration.ofNanos(1), System::nanoTime)) {
            assertThatThrownBy(() -> decide(hurried, slow("p", 5, "9")))
                    .hasCauseInstanceOf(TimeoutException.class);
            decide(slow("other", 5, "9"));
            assertThat(commands.exists("ratelimit:{user:9}:p")).isZero();
        }
    }

    @Test
    void decide_fourGatewaysAtOnce_admitExactlyTheCapacity() throws Exception {
        List<RedisStore> stores =
                List.of(open(PATIENT), open(PATIENT), open(PATIENT), open(PATIENT));
        Demand demand = slow("p", 500, "1");
        List<CompletableFuture<Decision>> decisions = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            decisions.add(stores.get(i % 4).decide(List.of(demand), 1).toCompletableFuture());
        }
        long admitted = 0;
        for (CompletableFuture<Decision> decision : decisions) {
            admitted += decision.get(20, TimeUnit.SECONDS).allowed() ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(500);
        stores.forEach(RedisStore::close);
    }

    private RateLimiter limiter() {
        return new RateLimiter(
                new SharedBuckets(
                        store,
                        new ServerBreakers(
                                5, Duration.ofMillis(250), System::nanoTime, (server, open) -> {}),
                        true,
                        new DenyCache(System::nanoTime, 1000),
                        System::nanoTime,
                        Pause.timed()),
                new LocalStore(System::nanoTime, 1000),
                () -> 1);
    }

    /** Until the connection and the code are warm enough for the timeout. */
    private static void warm(RateLimiter limiter) {
        RedisProcess.await(() -> source(limiter) == Decision.Source.REDIS);
    }

    private static Decision.Source source(RateLimiter limiter) {
        return decided(limiter, demand("warm", 1_000_000, "warm")).source();
    }

    private static Decision decided(RateLimiter limiter, Demand demand) {
        Verdict verdict = limiter.decide(List.of(demand)).toCompletableFuture().join();
        return ((Verdict.Decided) verdict).decision();
    }
}
