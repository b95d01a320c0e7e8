package io.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A store of several servers, of which some do not answer. */
class SharedBucketsTest {

    private static final Duration INTERVAL = Duration.ofMillis(250);

    /** The first letter of an identity names the server that has its buckets. */
    private static final class TwoServers implements RateLimitStore {

        final Set<String> dead = new HashSet<>();
        Set<String> servers = Set.of("a", "b");
        final Map<String, Integer> probes = new HashMap<>();
        final List<String> abandoned = new ArrayList<>();
        final List<String> renewed = new ArrayList<>();
        int calls;
        @Nullable RuntimeException said;

        @Override
        public Set<String> servers() {
            return servers;
        }

        @Override
        public Set<String> servers(List<Demand> demands) {
            Set<String> all = new HashSet<>();
            demands.forEach(demand -> all.add(demand.identity().substring(0, 1)));
            return all;
        }

        @Override
        public CompletionStage<Decision> decide(List<Demand> demands, int permits) {
            calls++;
            if (said != null) {
                return CompletableFuture.failedFuture(said);
            }
            for (String server : servers(demands)) {
                if (dead.contains(server)) {
                    return CompletableFuture.failedFuture(
                            new ServerFailedException(server, new TimeoutException()));
                }
            }
            return CompletableFuture.completedFuture(granted(demands, permits));
        }

        private static Decision granted(List<Demand> demands, int permits) {
            List<PolicyResult> results = new ArrayList<>();
            for (Demand demand : demands) {
                results.add(new PolicyResult(demand, Limits.outcome(false, 77, 0, 0, 0)));
            }
            return Decision.of(permits, results, Decision.Source.REDIS);
        }

        @Override
        public CompletionStage<Decision> probe(String server) {
            probes.merge(server, 1, Integer::sum);
            return dead.contains(server)
                    ? CompletableFuture.failedFuture(new TimeoutException())
                    : CompletableFuture.completedFuture(granted(Probe.demands(0), 1));
        }

        @Override
        public CompletionStage<Boolean> reset(String bucket) {
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public void abandon(String server) {
            abandoned.add(server);
        }

        @Override
        public void renew(String server) {
            renewed.add(server);
        }
    }

    private final AtomicLong nanos = new AtomicLong();
    private final TwoServers store = new TwoServers();
    private final Map<String, Boolean> changes = new LinkedHashMap<>();
    private final SharedBuckets shared =
            new SharedBuckets(
                    store,
                    new ServerBreakers(5, INTERVAL, nanos::get, changes::put),
                    true,
                    null,
                    nanos::get,
                    (pause, task) -> task.run());
    private final RateLimiter limiter =
            new RateLimiter(shared, new LocalStore(nanos::get, 1000), () -> 1);

    private Decision.Source source(String... identities) {
        List<Demand> demands = new ArrayList<>();
        for (String identity : identities) {
            demands.add(Limits.policy("p", 1_000_000, 1).demand(identity));
        }
        return ((Verdict.Decided) limiter.decide(demands).join()).decision().source();
    }

    private void loseA() {
        store.dead.add("a");
        for (int i = 0; i < 5; i++) {
            source("a" + i);
        }
    }

    @Test
    void decide_oneServerDead_theOthersBucketsStayShared() {
        loseA();
        int calls = store.calls;
        for (int i = 0; i < 20; i++) {
            assertThat(source("a")).isEqualTo(Decision.Source.LOCAL);
            assertThat(source("b" + i)).isEqualTo(Decision.Source.REDIS);
        }
        assertThat(store.calls - calls).isEqualTo(20);
        assertThat(store.abandoned).containsExactly("a");
        assertThat(changes).containsExactly(Map.entry("a", true));
        assertThat(shared.serversAway()).isEqualTo(1);
        assertThat(limiter.source()).isEqualTo(Decision.Source.REDIS);
    }

    @Test
    void decide_overADeadAndALiveServer_blamesTheDeadOne() {
        store.dead.add("a");
        for (int i = 0; i < 5; i++) {
            source("a" + i, "b" + i);
        }
        assertThat(changes).containsExactly(Map.entry("a", true));
        int calls = store.calls;
        assertThat(source("a", "b")).isEqualTo(Decision.Source.LOCAL);
        assertThat(store.calls).isEqualTo(calls);
        assertThat(source("b")).isEqualTo(Decision.Source.REDIS);
    }

    @Test
    void decide_allServersDead_isAway() {
        loseA();
        store.dead.add("b");
        for (int i = 0; i < 5; i++) {
            source("b" + i);
        }
        assertThat(limiter.source()).isEqualTo(Decision.Source.LOCAL);
        assertThat(shared.serversAway()).isEqualTo(2);
    }

    @Test
    void decide_bucketUnavailable_opensNothing() {
        store.said = new BucketUnavailableException("moves", new IllegalStateException());
        for (int i = 0; i < 20; i++) {
            assertThat(source("a")).isEqualTo(Decision.Source.LOCAL);
        }
        assertThat(changes).isEmpty();
        assertThat(store.calls).isEqualTo(20);
    }

    @Test
    void probe_dueAndAnswered_closesThatServersBreaker() {
        loseA();
        source("a");
        assertThat(store.probes).isEmpty();
        nanos.addAndGet(INTERVAL.toNanos());
        source("b");
        assertThat(store.probes).as("a request of its own buckets probes it").isEmpty();
        source("a");
        source("a");
        assertThat(store.probes).containsExactly(Map.entry("a", 1));
        store.dead.clear();
        nanos.addAndGet(INTERVAL.toNanos());
        shared.probeIfDue();
        assertThat(changes).containsExactly(Map.entry("a", false));
        assertThat(source("a")).isEqualTo(Decision.Source.REDIS);
    }

    @Test
    void probe_lostFourTimes_looksForAnotherWay() {
        loseA();
        for (int i = 0; i < 8; i++) {
            assertThat(store.renewed).hasSize(i / 4);
            nanos.addAndGet(INTERVAL.toNanos());
            shared.probeIfDue();
        }
        assertThat(store.renewed).containsExactly("a", "a");
    }

    @Test
    void probeIfDue_serverIsNoMore_isForgotten() {
        loseA();
        store.servers = Set.of("b");
        shared.probeIfDue();
        store.dead.clear();
        assertThat(store.probes).isEmpty();
        assertThat(shared.serversAway()).isZero();
        assertThat(source("a")).isEqualTo(Decision.Source.REDIS);
    }
}
