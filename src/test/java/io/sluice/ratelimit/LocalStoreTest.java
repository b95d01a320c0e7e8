package io.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LocalStoreTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final AtomicLong nanos = new AtomicLong(-5 * SECOND);
    private final LocalStore store = new LocalStore(nanos::get, 10_000);

    private static List<Demand> demands(String identity, Policy... policies) {
        List<Demand> demands = new ArrayList<>();
        for (Policy policy : policies) {
            demands.add(policy.demand(identity));
        }
        return demands;
    }

    @Test
    void decide_several_tightestFirst() {
        List<Demand> demands =
                demands("user:1", Limits.policy("wide", 100, 1), Limits.policy("tight", 2, 1));
        Decision first = store.decideNow(demands, 1);
        assertThat(first.allowed()).isTrue();
        assertThat(first.source()).isEqualTo(Decision.Source.LOCAL);
        assertThat(first.results())
                .extracting(r -> r.policy().name())
                .containsExactly("tight", "wide");
        assertThat(first.results().get(0).remaining()).isEqualTo(1);
        store.decideNow(demands, 1);
        Decision denied = store.decideNow(demands, 1);
        assertThat(denied.allowed()).isFalse();
        assertThat(denied.results().get(0).denies()).isTrue();
        assertThat(denied.results().get(0).retryAfterMicros()).isEqualTo(1_000_000);
        assertThat(denied.results().get(1).remaining()).isEqualTo(98);
    }

    @Test
    void decide_afterTheWait_isAdmitted() {
        List<Demand> demands = demands("user:1", Limits.policy("p", 1, 1));
        store.decideNow(demands, 1);
        nanos.addAndGet(SECOND - 1000);
        assertThat(store.decideNow(demands, 1).allowed()).isFalse();
        nanos.addAndGet(1000);
        assertThat(store.decideNow(demands, 1).allowed()).isTrue();
    }

    @Test
    void bucket_fullAndUnused_leavesTheStore() {
        for (int i = 0; i < 100; i++) {
            store.decideNow(demands("user:" + i, Limits.policy("p", 2, 1)), 1);
        }
        assertThat(store.size()).isEqualTo(100);
        nanos.addAndGet(4 * SECOND);
        for (int i = 0; i < 2000; i++) {
            store.decideNow(demands("user:again", Limits.policy("p", 2, 1)), 1);
        }
        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void bucket_slowerShape_isKeptLonger() {
        Policy fast = Limits.policy("p", 1, 1);
        Demand slow = fast.demand("user:1").withShape(BucketShape.of(1, 1, 3_600_000_000L));
        store.decideNow(List.of(fast.demand("user:1")), 1);
        assertThat(store.decideNow(List.of(slow), 1).allowed()).isFalse();
        nanos.addAndGet(1800 * SECOND);
        assertThat(store.decideNow(List.of(slow), 1).allowed()).isFalse();
        nanos.addAndGet(1800 * SECOND);
        assertThat(store.decideNow(List.of(slow), 1).allowed()).isTrue();
    }

    @Test
    void buckets_attackersNames_areBounded() {
        Policy policy = Limits.policy("p", 2, 1);
        for (int i = 0; i < 100_000; i++) {
            store.decideNow(List.of(policy.demand("ip:" + i)), 1);
        }
        assertThat(store.size()).isLessThanOrEqualTo(10_000);
    }

    @Test
    void decide_moreBucketsThanAreKept_stillDecides() {
        LocalStore tiny = new LocalStore(nanos::get, 1);
        List<Demand> demands = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            demands.add(Limits.policy("p" + i, 2, 1).demand("user:1"));
        }
        assertThat(tiny.decideNow(demands, 1).allowed()).isTrue();
        assertThat(tiny.size()).isLessThanOrEqualTo(1);
    }

    @Test
    void peek_anyBucket_changesNothing() {
        Demand demand = Limits.policy("p", 3, 2).demand("user:1");
        store.decideNow(List.of(demand), 1);
        for (int i = 0; i < 5; i++) {
            assertThat(store.peek(demand).toCompletableFuture().join().remaining()).isEqualTo(1);
        }
    }

    @Test
    void reset_bucket_isFullAgain() {
        Demand demand = Limits.policy("p", 1, 1).demand("user:1");
        store.decideNow(List.of(demand), 1);
        assertThat(store.reset(demand.bucket()).toCompletableFuture().join()).isTrue();
        assertThat(store.reset(demand.bucket()).toCompletableFuture().join()).isFalse();
        assertThat(store.decide(List.of(demand), 1).toCompletableFuture().join().allowed())
                .isTrue();
    }

    @Test
    void decide_eightThreadsOverCrossingBuckets_neverOverAdmits() throws Exception {
        int threads = 8;
        Policy a = Limits.policy("a", 1000, 1);
        Policy b = Limits.policy("b", 700, 1);
        List<Demand> forth = demands("global", a, b);
        List<Demand> back = demands("global", b, a);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                List<Demand> own = t % 2 == 0 ? forth : back;
                tasks.add(
                        () -> {
                            int admitted = 0;
                            for (int i = 0; i < 5000; i++) {
                                admitted += store.decideNow(own, 1).allowed() ? 1 : 0;
                            }
                            return admitted;
                        });
            }
            int admitted = 0;
            for (Future<Integer> future : pool.invokeAll(tasks)) {
                admitted += future.get();
            }
            assertThat(admitted).isEqualTo(700);
            assertThat(store.peek(a.demand("global")).toCompletableFuture().join().remaining())
                    .isEqualTo(300);
        } finally {
            pool.shutdownNow();
        }
    }
}
