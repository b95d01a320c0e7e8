package io.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
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
        int abandoned;
        List<Demand> asked = List.of();
        final List<CompletableFuture<Decision>> held = new ArrayList<>();
        boolean holds;

        @Override
        public void abandon(String server) {
            abandoned++;
            List.copyOf(held).forEach(call -> call.completeExceptionally(new TimeoutException()));
        }

        @Override
        public CompletionStage<Decision> decide(List<Demand> demands, int permits) {
            calls++;
            asked = demands;
            if (holds) {
                CompletableFuture<Decision> call = new CompletableFuture<>();
                held.add(call);
                return call;
            }
            if (failure != null) {
                if (throwsAtOnce) {
                    throw failure;
                }
                return CompletableFuture.failedFuture(failure);
            }
            List<PolicyResult> results = new ArrayList<>();
            for (Demand demand : demands) {
                results.add(new PolicyResult(demand, Limits.outcome(false, 77, 0, 0, 0)));
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
    private final ServerBreakers breakers =
            new ServerBreakers(5, Duration.ofMillis(250), nanos::get, (server, open) -> {});
    private final LocalStore local = new LocalStore(nanos::get, 1000);
    private final Queue<Runnable> heldCalls = new ArrayDeque<>();
    private long heldNanos;
    private final RateLimiter limiter = limiter(true, true);

    private RateLimiter limiter(boolean coalescing, boolean denyCache) {
        return new RateLimiter(
                new SharedBuckets(
                        shared,
                        breakers,
                        coalescing,
                        denyCache ? new DenyCache(nanos::get, 1000) : null,
                        nanos::get,
                        this::hold),
                local,
                () -> 4);
    }

    private void hold(long nanoseconds, Runnable task) {
        heldNanos = nanoseconds;
        heldCalls.add(task);
    }

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
        assertThat(decided(policy).source())
                .as("the probe is nobody's")
                .isEqualTo(Decision.Source.LOCAL);
        assertThat(shared.asked.get(0).bucket()).isEqualTo("ratelimit:{sluice}:probe");
        assertThat(decided(policy).source()).isEqualTo(Decision.Source.REDIS);
    }

    @Test
    void decide_bucketUnreadable_isDecidedHereAndOpensNothing() {
        for (boolean wrapped : new boolean[] {false, true}) {
            RuntimeException unreadable =
                    new BucketUnavailableException("no bucket", new IllegalStateException());
            shared.failure = wrapped ? new CompletionException(unreadable) : unreadable;
            for (int i = 0; i < 20; i++) {
                assertThat(decided(policy(OnStoreFailure.OPEN, false)).source())
                        .isEqualTo(Decision.Source.LOCAL);
            }
        }
        assertThat(shared.calls).isEqualTo(40);
        assertThat(breakers.anyOpen()).isFalse();
    }

    @Test
    void decide_noSharedStore_isTheWholeLimitHere() {
        RateLimiter alone = new RateLimiter(null, local, () -> 4);
        Demand demand = policy(OnStoreFailure.CLOSED, false).demand("user:9");
        Verdict verdict = alone.decide(List.of(demand)).toCompletableFuture().join();
        assertThat(((Verdict.Decided) verdict).decision().results().get(0).limit()).isEqualTo(8);
        assertThat(alone.peek(demand).toCompletableFuture().join().remaining()).isEqualTo(7);
        assertThat(alone.reset(demand.bucket()).toCompletableFuture().join()).isTrue();
        assertThat(alone.source()).isEqualTo(Decision.Source.LOCAL);
    }

    @Test
    void decide_callsUnderWayWhenTheBreakerOpens_areReleasedAtOnce() {
        shared.holds = true;
        List<CompletableFuture<Verdict>> waiting = new ArrayList<>();
        for (int user = 0; user < 9; user++) {
            waiting.add(
                    limiter.decide(
                            List.of(policy(OnStoreFailure.OPEN, false).demand("user:" + user))));
        }
        for (int i = 0; i < 4; i++) {
            shared.held.get(i).completeExceptionally(new TimeoutException());
        }
        assertThat(waiting.subList(4, 9)).noneMatch(CompletableFuture::isDone);
        shared.held.get(4).completeExceptionally(new TimeoutException());
        assertThat(waiting).allMatch(CompletableFuture::isDone);
        assertThat(shared.abandoned).isEqualTo(1);
        assertThat(limiter.shared().underWay()).isZero();
    }

    @Test
    void decide_cancelled_isAskedForNoMore() {
        shared.holds = true;
        Demand demand = policy(OnStoreFailure.LOCAL, false).demand("user:1");
        CompletableFuture<Verdict> first = limiter.decide(List.of(demand));
        CompletableFuture<Verdict> second = limiter.decide(List.of(demand));
        second.cancel(false);
        shared.holds = false;
        shared.held.get(0).complete(granted(1, demand));
        assertThat(first).isCompleted();
        assertThat(shared.calls).isEqualTo(1);
        assertThat(limiter.shared().underWay()).isZero();
    }

    @Test
    void decide_failedAfterItsWaiterLeft_takesNothingHere() {
        shared.holds = true;
        Demand demand = policy(OnStoreFailure.LOCAL, false).demand("user:1");
        CompletableFuture<Verdict> gone = limiter.decide(List.of(demand));
        gone.cancel(false);
        shared.held.get(0).completeExceptionally(new TimeoutException());
        assertThat(local.size()).isZero();
    }

    @Test
    void decide_deniedOnce_isDeniedHereUntilTheRetryTime() {
        Demand demand = policy(OnStoreFailure.LOCAL, false).demand("user:1");
        shared.holds = true;
        CompletableFuture<Verdict> asked = limiter.decide(List.of(demand));
        shared.held.get(0).complete(denied(demand, 400_000));
        assertThat(((Verdict.Decided) asked.join()).decision().allowed()).isFalse();
        Decision again = decided(demand.policy());
        assertThat(again.source()).isEqualTo(Decision.Source.DENY_CACHE);
        assertThat(again.results().get(0).retryAfterMicros()).isEqualTo(600_000);
        assertThat(limiter.shared().denialsKept()).isEqualTo(1);
        assertThat(shared.calls).isEqualTo(1);
        down();
        assertThat(decided(demand.policy()).source())
                .as("holds in an outage too")
                .isEqualTo(Decision.Source.DENY_CACHE);
        nanos.addAndGet(600_000_000);
        shared.failure = null;
        shared.holds = false;
        assertThat(decided(demand.policy()).source()).isEqualTo(Decision.Source.REDIS);
    }

    /** A request that came while a call took the last token needs no call of its own. */
    @Test
    void decide_callBeforeItTookTheLast_isDeniedWithoutAnother() {
        shared.holds = true;
        Demand demand = policy(OnStoreFailure.LOCAL, false).demand("user:1");
        CompletableFuture<Verdict> first = limiter.decide(List.of(demand));
        CompletableFuture<Verdict> second = limiter.decide(List.of(demand));
        shared.held.get(0).complete(said(1, demand, 400_000, 1));
        assertThat(((Verdict.Decided) first.join()).decision().allowed()).isTrue();
        assertThat(((Verdict.Decided) second.join()).decision())
                .returns(false, Decision::allowed)
                .returns(Decision.Source.DENY_CACHE, Decision::source);
        assertThat(shared.calls).isEqualTo(1);
        assertThat(limiter.shared().underWay()).isZero();
    }

    /** The call took 300 us: for so long after the end of the denial a call may come too early. */
    private Demand emptiedByACallOf(long micros) {
        shared.holds = true;
        Demand demand = policy(OnStoreFailure.LOCAL, false).demand("user:1");
        limiter.decide(List.of(demand));
        nanos.addAndGet(micros * 1000);
        shared.held.get(0).complete(said(1, demand, 0, 1));
        nanos.addAndGet((1_000_000 - micros) * 1000 + 100_000);
        return demand;
    }

    @Test
    void decide_bucketAboutToGive_isHeldBackUntilItSurelyDoes() {
        Demand demand = emptiedByACallOf(300);
        CompletableFuture<Verdict> next = limiter.decide(List.of(demand));
        assertThat(shared.calls).isEqualTo(1);
        assertThat(heldNanos).isEqualTo(200_000);
        nanos.addAndGet(heldNanos);
        heldCalls.remove().run();
        assertThat(shared.calls).isEqualTo(2);
        shared.held.get(1).complete(said(1, demand, 0, 1));
        assertThat(((Verdict.Decided) next.join()).decision().allowed()).isTrue();
        nanos.addAndGet(1_000_000_000);
        limiter.decide(List.of(demand));
        assertThat(shared.calls).isEqualTo(3);
    }

    @Test
    void decide_slowCallBefore_isHeldBackForHalfAMillisecondAtMost() {
        Demand demand = emptiedByACallOf(20_000);
        limiter.decide(List.of(demand));
        assertThat(heldNanos).isEqualTo(400_000);
    }

    @Test
    void decide_heldBackAndTheCallFails_isDecidedHere() {
        Demand demand = emptiedByACallOf(300);
        CompletableFuture<Verdict> next = limiter.decide(List.of(demand));
        heldCalls.remove().run();
        shared.held.get(1).completeExceptionally(new TimeoutException());
        assertThat(((Verdict.Decided) next.join()).decision().source())
                .isEqualTo(Decision.Source.LOCAL);
    }

    @Test
    void decide_heldBackWhenTheBreakerOpens_isDecidedHereWithoutACall() {
        Demand demand = emptiedByACallOf(300);
        CompletableFuture<Verdict> next = limiter.decide(List.of(demand));
        for (int i = 0; i < 5; i++) {
            breakers.failed(RateLimitStore.ONLY);
        }
        heldCalls.remove().run();
        assertThat(((Verdict.Decided) next.join()).decision().source())
                .isEqualTo(Decision.Source.LOCAL);
        assertThat(shared.calls).isEqualTo(1);
    }

    @Test
    void reset_rememberedDenial_isForgotten() {
        Demand demand = policy(OnStoreFailure.LOCAL, false).demand("user:1");
        shared.holds = true;
        limiter.decide(List.of(demand));
        shared.held.get(0).complete(denied(demand, 0));
        limiter.reset(demand.bucket());
        shared.holds = false;
        assertThat(decided(demand.policy()).source()).isEqualTo(Decision.Source.REDIS);
    }

    @Test
    void decide_nothingSaved_isOneCallEach() {
        RateLimiter plain = limiter(false, false);
        shared.holds = true;
        Demand demand = policy(OnStoreFailure.LOCAL, false).demand("user:1");
        CompletableFuture<Verdict> first = plain.decide(List.of(demand));
        CompletableFuture<Verdict> second = plain.decide(List.of(demand));
        assertThat(shared.calls).isEqualTo(2);
        shared.held.get(0).complete(denied(demand, 0));
        shared.held.get(1).completeExceptionally(new TimeoutException());
        assertThat(((Verdict.Decided) first.join()).decision().source())
                .isEqualTo(Decision.Source.REDIS);
        assertThat(((Verdict.Decided) second.join()).decision().source())
                .isEqualTo(Decision.Source.LOCAL);
        plain.decide(List.of(demand));
        assertThat(shared.calls).isEqualTo(3);
        assertThat(plain.shared().underWay()).isZero();
        assertThat(plain.shared().denialsKept()).isZero();
        plain.reset(demand.bucket());
    }

    private static Decision granted(long taken, Demand demand) {
        return said(taken, demand, 5_000_000, 1);
    }

    private static Decision denied(Demand demand, long left) {
        return said(0, demand, left, 1);
    }

    private static Decision said(long taken, Demand demand, long left, int permits) {
        TokenBucket.Outcome outcome =
                TokenBucket.outcome(
                        demand.shape(),
                        demand.cost(),
                        new TokenBucket.Reading(taken, left, 0),
                        permits);
        return Decision.of(
                taken, List.of(new PolicyResult(demand, outcome)), Decision.Source.REDIS);
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
        return new PolicyResult(demand, Limits.outcome(exceeded, left, 0, 0, retry));
    }
}
