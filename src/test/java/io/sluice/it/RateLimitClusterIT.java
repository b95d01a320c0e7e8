package io.sluice.it;

import static io.sluice.it.LimitFleet.WIDE;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.SlotHash;
import io.sluice.it.Surge.Answer;
import java.net.http.HttpResponse;
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
    private static final int HALF_MOVED = 20;

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

    /**
     * Of a slot's two keys one has moved. Neither node decides over both then, and that is no
     * outage: requests for it are decided here, those for other buckets of the node by Redis.
     */
    @Test
    void slot_halfMoved_isNoOutage() {
        int slot = slot(0);
        int owner = cluster.owner(slot);
        assertSharedAgain(0);
        int logged = fleet.gateways().get(0).log().length();
        LimitCounts before = fleet.counts("wide");
        cluster.move(
                slot,
                owner,
                (owner + 1) % cluster.size(),
                () -> {
                    if (cluster.node(owner).clusterCountKeysInSlot(slot) == 1) {
                        IntStream.range(0, HALF_MOVED).forEach(i -> ask(0));
                    }
                });
        LimitCounts counts = fleet.counts("wide").since(before);
        assertThat(counts.local()).isEqualTo(HALF_MOVED);
        assertThat(fleet.gateways().get(0).log().substring(logged))
                .doesNotContain("does not answer");
        assertSharedAgain(0);
    }

    /** A node that stands still, and no replica to take over. */
    @Test
    void node_frozen_leavesTheOthersBucketsWithRedis() {
        int frozen = cluster.owner(slot(0));
        int[] others =
                IntStream.range(0, BUCKETS).filter(i -> cluster.owner(slot(i)) != frozen).toArray();
        cluster.freeze(frozen);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> {
                            ask(0);
                            return serversAway() == 1;
                        });
        LimitCounts before = fleet.counts("wide");
        for (int i = 0; i < 3 * BUCKETS; i++) {
            ask(others[i % others.length]);
        }
        LimitCounts after = fleet.counts("wide").since(before);
        assertThat(after.shared() + after.local()).isEqualTo(3 * BUCKETS);
        // Of another node's calls one may be late on a slow machine, but none is left alone.
        assertThat(after.local()).isLessThanOrEqualTo(BUCKETS / 4);
        LimitCounts frozenBefore = fleet.counts("wide");
        IntStream.range(0, BUCKETS).forEach(i -> ask(0));
        assertThat(fleet.counts("wide").since(frozenBefore).local()).isEqualTo(BUCKETS);
        cluster.thaw(frozen);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> serversAway() == 0);
        assertSharedAgain(0);
    }

    private void ask(int number) {
        HttpResponse<String> answer =
                fleet.gateways().get(0).get("/both", Surge.BUCKET, bucket(number));
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    private void assertSharedAgain(int number) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> {
                            LimitCounts before = fleet.counts("wide");
                            ask(number);
                            return fleet.counts("wide").since(before).shared() == 1;
                        });
    }

    private double serversAway() {
        return fleet.gateways()
                .get(0)
                .manage("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith("sluice_ratelimit_servers_away"))
                .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
                .sum();
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
