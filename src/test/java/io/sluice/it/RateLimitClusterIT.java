package io.sluice.it;

import static io.sluice.it.LimitFleet.WIDE;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.SlotHash;
import io.sluice.it.Surge.Answer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three masters that hand over slots in use. */
class RateLimitClusterIT {

    private static final int BUCKETS = 24;
    private static final int CLIENTS = 8;

    private RedisCluster cluster;
    private LimitFleet fleet;

    @BeforeEach
    void start() {
        cluster = RedisCluster.start(3);
        fleet =
                LimitFleet.start(
                        1,
                        "{ cluster: { nodes: [ " + cluster.addresses() + " ] } }",
                        Duration.ofMillis(500));
    }

    @AfterEach
    void stop() {
        if (fleet != null) {
            fleet.close();
        }
        cluster.close();
    }

    /**
     * Two policies, so two keys in each slot, which move one after the other. In between Redis
     * refuses a call over both; the first slot stays like that for a while.
     */
    @Test
    void slots_moveUnderLoad_losesNoRequestAndNoToken() {
        LimitCounts before = fleet.counts("wide");
        try (Surge surge =
                Surge.start(
                        fleet.gateways(),
                        CLIENTS,
                        Duration.ofMillis(2),
                        "/both",
                        n -> bucket(n % BUCKETS))) {
            awaitMore(surge);
            for (int i = 0; i < BUCKETS; i++) {
                int slot = slot(i);
                int owner = cluster.owner(slot);
                Runnable between = i == 0 ? () -> awaitMore(surge) : () -> {};
                cluster.move(slot, owner, (owner + 1) % cluster.size(), between);
            }
            awaitMore(surge);
            List<Answer> answers = surge.stop();
            LimitCounts counts = fleet.counts("wide").since(before);
            System.out.printf("resharding: %d asked, %s%n", answers.size(), counts);
            assertThat(Surge.statuses(answers)).containsOnlyKeys(200);
            assertThat(counts.shared() + counts.local()).isEqualTo(answers.size());
            assertThat(taken("wide")).isEqualTo(taken("wider"));
            assertThat(taken("wide"))
                    .isBetween(counts.shared(), counts.shared() + CLIENTS * counts.failures());
            assertThat(counts.shared()).isGreaterThan(answers.size() / 2);
        }
    }

    private static String bucket(int number) {
        return "b" + number;
    }

    private static int slot(int number) {
        return SlotHash.getSlot(LimitFleet.key(bucket(number), "wide"));
    }

    /** From all buckets together, where they lie now. */
    private long taken(String policy) {
        return IntStream.range(0, BUCKETS)
                .mapToLong(
                        i -> {
                            int now = (cluster.owner(slot(i)) + 1) % cluster.size();
                            String key = LimitFleet.key(bucket(i), policy);
                            return WIDE - Long.parseLong(cluster.node(now).hget(key, "tokens"));
                        })
                .sum();
    }

    private static void awaitMore(Surge surge) {
        int seen = surge.answered();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> surge.answered() > seen + 150);
    }
}
