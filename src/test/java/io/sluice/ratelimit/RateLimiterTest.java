package io.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RateLimiterTest {

    /** A store that answers as it is told. */
    private static final class Scripted implements RateLimitStore {

        @Nullable RuntimeException failure;
        boolean throwsAtOnce;
        int calls;

        @Override
        public CompletionStage<Decision> decide(List<Demand> demands, int permits) {
            calls++;
            if (failure != null) {
                if (throwsAtOnce) {
                    throw failure;
                }
                return CompletableFuture.failedFuture(failure);
            }
            List<PolicyResult> results = new ArrayList<>();
            for (Demand demand : demands) {
                results.add(
                        new PolicyResult(
                                demand, new TokenBucket.Outcome(null, false, 77, 0, 0, 0)));
            }
            return CompletableFuture.completedFuture(
                    Decision.of(permits, results, Decision.Source.REDIS));
        }

        @Override
        public CompletionStage<Boolean> reset(String bucket) {
            return CompletableFuture.completedFuture(true);
        }
    }

    private final AtomicLong nanos = new AtomicLong();
    private final Scripted shared = new Scripted();
    private final CircuitBreaker breaker =
            new CircuitBreaker(5, Duration.ofMillis(250), nanos::get, open -> {});
    private final LocalStore local = new LocalStore(nanos::get, 1000);
    private final RateLimiter limiter = new RateLimiter(shared, local, breaker, () -> 4);

    private static List<Demand> demands(Policy... policies) {
        List<Demand> demands = new ArrayList<>();
        for (Policy policy : policies) {
            demands.add(policy.demand("user:1"));
        }
        return demands;
    }

    private static Policy policy(OnStoreFailure failure, boolean shadow) {
        return Limits.policy("p", 8, 1, failure, shadow);
    }

    private Verdict decide(Policy... policies) {
        return limiter.decide(demands(policies)).toCompletableFuture().join();
    }

    private Decision decided(Policy... policies) {
        return ((Verdict.Decided) decide(policies)).decision();
    }

    private void down() {
        shared.failure = new CompletionException(new TimeoutException());
    }

    @Test
    void decide_storeAnswers_isItsDecision() {
        assertThat(decided(policy(OnStoreFailure.LOCAL, false)).source())
                .isEqualTo(Decision.Source.REDIS);
        assertThat(limiter.source()).isEqualTo(Decision.Source.REDIS);
    }

    @Test
    void decide_storeFails_localAdmitsThisGatewaysShare() {
        down();
        Policy policy = policy(OnStoreFailure.LOCAL, false);
        Decision first = decided(policy);
        assertThat(first.source()).isEqualTo(Decision.Source.LOCAL);
        assertThat(first.results().get(0).limit()).isEqualTo(2);
        assertThat(decided(policy).allowed()).isTrue();
        Decision third = decided(policy);
        assertThat(third.allowed()).isFalse();
        assertThat(third.results().get(0).retryAfterMicros()).isEqualTo(4_000_000);
    }

    @Test
    void decide_storeFails_openAdmitsAll() {
        down();
        for (int i = 0; i < 20; i++) {
            assertThat(decided(policy(OnStoreFailure.OPEN, false)).allowed()).isTrue();
        }
    }

    @Test
    void decide_storeFails_closedRefuses() {
        down();
        Policy closed = policy(OnStoreFailure.CLOSED, false);
        assertThat(decide(closed)).isEqualTo(new Verdict.Unavailable(closed));
    }

    @Test
    void decide_storeFails_closedShadowRefusesNothing() {
        down();
        assertThat(decided(policy(OnStoreFailure.CLOSED, true)).allowed()).isTrue();
    }

    @Test
    void decide_storeThrows_isAFailureToo() {
        down();
        shared.throwsAtOnce = true;
        assertThat(decided(policy(OnStoreFailure.LOCAL, false)).source())
                .isEqualTo(Decision.Source.LOCAL);
    }

    @Test
    void decide_storeDown_isAskedFiveTimesThenOncePerInterval() {
        down();
        Policy policy = policy(OnStoreFailure.OPEN, false);
        for (int i = 0; i < 100; i++) {
            decide(policy);
        }
        assertThat(shared.calls).isEqualTo(5);
        assertThat(limiter.source()).isEqualTo(Decision.Source.LOCAL);
        nanos.addAndGet(Duration.ofMillis(250).toNanos());
        decide(policy);
        decide(policy);
        assertThat(shared.calls).isEqualTo(6);
        shared.failure = null;
        nanos.addAndGet(Duration.ofMillis(250).toNanos());
        assertThat(decided(policy).source()).isEqualTo(Decision.Source.REDIS);
        assertThat(decided(policy).source()).isEqualTo(Decision.Source.REDIS);
    }

    @Test
    void decide_bucketUnreadable_isDecidedHereAndOpensNothing() {
        for (boolean wrapped : new boolean[] {false, true}) {
            RuntimeException unreadable =
                    new UnreadableBucketException("no bucket", new IllegalStateException());
            shared.failure = wrapped ? new CompletionException(unreadable) : unreadable;
            for (int i = 0; i < 20; i++) {
                assertThat(decided(policy(OnStoreFailure.OPEN, false)).source())
                        .isEqualTo(Decision.Source.LOCAL);
            }
        }
        assertThat(shared.calls).isEqualTo(40);
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void decide_noSharedStore_isTheWholeLimitHere() {
        RateLimiter alone = new RateLimiter(null, local, breaker, () -> 4);
        Demand demand = policy(OnStoreFailure.CLOSED, false).demand("user:9");
        Verdict verdict = alone.decide(List.of(demand)).toCompletableFuture().join();
        assertThat(((Verdict.Decided) verdict).decision().results().get(0).limit()).isEqualTo(8);
        assertThat(alone.peek(demand).toCompletableFuture().join().remaining()).isEqualTo(7);
        assertThat(alone.reset(demand.bucket()).toCompletableFuture().join()).isTrue();
        assertThat(alone.source()).isEqualTo(Decision.Source.LOCAL);
    }

    @Test
    void peek_storeFails_looksHere() {
        Demand demand = policy(OnStoreFailure.LOCAL, false).demand("user:1");
        assertThat(limiter.peek(demand).toCompletableFuture().join().remaining()).isEqualTo(77);
        down();
        assertThat(limiter.peek(demand).toCompletableFuture().join().remaining()).isEqualTo(2);
        for (int i = 0; i < 5; i++) {
            decided(demand.policy());
        }
        assertThat(limiter.peek(demand).toCompletableFuture().join().remaining()).isZero();
    }

    @Test
    void reset_sharedStore_isResetInBoth() {
        assertThat(limiter.reset("ratelimit:{user:1}:p").toCompletableFuture().join()).isTrue();
    }

    @Test
    void order_mixedResults_isTightestFirst() {
        Demand p = policy(OnStoreFailure.LOCAL, false).demand("a");
        PolicyResult shadow = result(p.unenforced(), true, 0, 9);
        PolicyResult never = result(p, true, 5, TokenBucket.NEVER);
        PolicyResult later = result(p, true, 0, 5);
        PolicyResult sooner = result(p, true, 0, 4);
        PolicyResult little = result(p, false, 1, 0);
        PolicyResult much = result(p, false, 7, 0);
        PolicyResult none = result(p.withShape(new BucketShape(0, 1, 1)), false, 0, 0);
        List<PolicyResult> mixed = List.of(much, shadow, sooner, never, little, later, none);
        assertThat(Decision.of(0, mixed, Decision.Source.LOCAL).results())
                .containsExactly(never, later, sooner, none, little, much, shadow);
        assertThat(never.denies()).isTrue();
        assertThat(shadow.denies()).isFalse();
        assertThat(much.denies()).isFalse();
    }

    private static PolicyResult result(Demand demand, boolean exceeded, long left, long retry) {
        return new PolicyResult(demand, new TokenBucket.Outcome(null, exceeded, left, 0, 0, retry));
    }
}
