package io.sluice.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sluice.ratelimit.BucketShape;
import io.sluice.ratelimit.Decision;
import io.sluice.ratelimit.Demand;
import io.sluice.ratelimit.KeySpec;
import io.sluice.ratelimit.OnStoreFailure;
import io.sluice.ratelimit.Policy;
import io.sluice.ratelimit.PolicyResult;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Cluster of one node: it refuses one call over two slots as any Cluster does. */
class RedisClusterIT {

    private static final long DAY = 86_400_000_000L;

    private RedisProcess redis;
    private RedisClient client;
    private RedisCommands<String, String> commands;
    private RedisStore store;

    @BeforeEach
    void start() {
        redis =
                RedisProcess.start(
                        "--cluster-enabled",
                        "yes",
                        "--cluster-config-file",
                        "nodes-" + System.nanoTime());
        client = RedisClient.create("redis://127.0.0.1:" + redis.port());
        commands = client.connect().sync();
        commands.clusterAddSlots(java.util.stream.IntStream.range(0, 16384).toArray());
        RedisProcess.await(() -> commands.clusterInfo().contains("cluster_state:ok"));
        RedisLink link = RedisLinks.open(Details.cluster(redis.port()), false);
        RedisProcess.await(() -> link.commands() != null);
        store = new RedisStore(link, Duration.ofSeconds(10), System::nanoTime);
    }

    @AfterEach
    void stop() {
        store.close();
        client.shutdown(0, 1, TimeUnit.SECONDS);
        redis.close();
    }

    private static Demand demand(
            String name, String key, long capacity, boolean shadow, String identity) {
        return new Policy(
                        name,
                        KeySpec.parse(List.of(key)),
                        BucketShape.of(capacity, 1, DAY),
                        1,
                        OnStoreFailure.LOCAL,
                        shadow)
                .demand(identity);
    }

    private Decision decide(int permits, Demand... demands) {
        return store.decide(List.of(demands), permits).toCompletableFuture().join();
    }

    private String tokens(Demand demand) {
        return commands.hget(demand.bucket(), "tokens");
    }

    @Test
    void decide_oneIdentity_isOneCall() {
        Demand a = demand("a", "user", 5, false, "user:1");
        Demand b = demand("b", "user", 9, false, "user:1");
        assertThat(decide(1, a, b).allowed()).isTrue();
        assertThat(tokens(a)).isEqualTo("4");
        assertThat(tokens(b)).isEqualTo("8");
    }

    @Test
    void decide_severalIdentities_allGive() {
        Demand user = demand("user", "user", 5, false, "user:1");
        Demand all = demand("all", "global", 9, false, "global");
        Decision decision = decide(1, user, all);
        assertThat(decision.allowed()).isTrue();
        assertThat(decision.results()).hasSize(2);
        assertThat(tokens(user)).isEqualTo("4");
        assertThat(tokens(all)).isEqualTo("8");
    }

    @Test
    void decide_laterOneDenies_theEarlierOnesGetTheirsBack() {
        Demand user = demand("user", "user", 1, false, "user:1");
        Demand all = demand("all", "global", 9, false, "global");
        Demand dark = demand("dark", "global", 1, true, "global");
        decide(1, user, all, dark);
        Decision denied = decide(1, user, all, dark);
        assertThat(denied.allowed()).isFalse();
        assertThat(denied.results().get(0).policy().name()).isEqualTo("user");
        assertThat(denied.results())
                .filteredOn(r -> r.policy().name().equals("all"))
                .extracting(PolicyResult::remaining)
                .containsExactly(8L);
        assertThat(tokens(user)).isEqualTo("0");
        assertThat(tokens(all)).isEqualTo("8");
        assertThat(tokens(dark)).isEqualTo("0");
    }

    @Test
    void decide_laterOneGivesLess_theRestGoesBack() {
        Demand user = demand("user", "user", 2, false, "user:1");
        Demand all = demand("all", "global", 9, false, "global");
        assertThat(decide(5, user, all).granted()).isEqualTo(2);
        assertThat(tokens(user)).isEqualTo("0");
        assertThat(tokens(all)).isEqualTo("7");
    }

    @Test
    void decide_laterOneFails_theEarlierOnesGetTheirsBack() {
        Demand user = demand("user", "user", 2, false, "user:1");
        Demand all = demand("all", "global", 9, false, "global");
        commands.set(user.bucket(), "no bucket");
        assertThatThrownBy(() -> decide(1, user, all)).hasMessageContaining("no bucket");
        assertThat(tokens(all)).isEqualTo("9");
    }
}
