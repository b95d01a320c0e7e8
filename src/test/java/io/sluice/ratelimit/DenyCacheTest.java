package io.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DenyCacheTest {

    private static final long SECOND = 1_000_000_000;

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - SECOND / 2);
    private final DenyCache cache = new DenyCache(nanos::get, 1000);

    /** One token a second. */
    private static Demand demand(String user) {
        return Limits.policy("p", 10, 1).demand(user);
    }

    private static Decision said(Demand demand, long taken, long left, long behind) {
        TokenBucket.Outcome outcome =
                TokenBucket.outcome(
                        demand.shape(),
                        demand.cost(),
                        new TokenBucket.Reading(taken, left, behind),
                        1);
        return Decision.of(
                taken, List.of(new PolicyResult(demand, outcome)), Decision.Source.REDIS);
    }

    private void learn(Decision decision) {
        cache.learn(decision, nanos.get(), cache.epoch());
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void denial_nothingKnown_asksTheStore() {
        assertThat(cache.denial(List.of(demand("a")))).isNull();
    }

    @Test
    void denial_known_holdsUntilTheNanosecondAfterWhichItMayBeGranted() {
        learn(said(demand("a"), 0, 0, 0));
        pass(Duration.ofNanos(SECOND - 1));
        assertThat(cache.denial(List.of(demand("a")))).isNotNull();
        pass(Duration.ofNanos(1));
        assertThat(cache.denial(List.of(demand("a")))).isNull();
        assertThat(cache.size()).isZero();
    }

    @Test
    void denial_known_countsDown() {
        learn(said(demand("a"), 0, 250_000, 0));
        pass(Duration.ofMillis(250));
        PolicyResult result = cache.denial(List.of(demand("a"))).results().get(0);
        assertThat(result.exceeded()).isTrue();
        assertThat(result.retryAfterMicros()).isEqualTo(500_000);
        assertThat(result.remaining()).isZero();
        assertThat(result.resetMicros()).isEqualTo(9_500_000);
    }

    /** Retry-After must not be too early: it is counted from when the answer was here. */
    @Test
    void denial_slowCall_endsByTheSendingAndTellsByTheHearing() {
        long sent = nanos.get();
        pass(Duration.ofMillis(300));
        cache.learn(said(demand("a"), 0, 0, 0), sent, cache.epoch());
        assertThat(cache.denial(List.of(demand("a"))).results().get(0).retryAfterMicros())
                .isEqualTo(1_000_000);
        pass(Duration.ofMillis(699));
        assertThat(cache.denial(List.of(demand("a")))).isNotNull();
        pass(Duration.ofMillis(1));
        assertThat(cache.denial(List.of(demand("a")))).isNull();
    }

    /** Learned by another call between the two questions, it must not hold a call for so long. */
    @Test
    void uncertainNanos_duringADenial_isHalfAMillisecondAtMost() {
        learn(said(demand("a"), 0, 0, 0));
        assertThat(cache.uncertainNanos(List.of(demand("a")))).isEqualTo(500_000);
    }

    @Test
    void uncertainNanos_afterTheDenial_endsByTheHearing() {
        assertThat(cache.uncertainNanos(List.of(demand("a")))).isZero();
        long sent = nanos.get();
        pass(Duration.ofNanos(300_000));
        cache.learn(said(demand("a"), 0, 0, 0), sent, cache.epoch());
        pass(Duration.ofNanos(SECOND - 200_000));
        assertThat(cache.denial(List.of(demand("a")))).isNull();
        assertThat(cache.uncertainNanos(List.of(demand("a"), demand("b")))).isEqualTo(200_000);
        assertThat(cache.uncertainNanos(List.of(demand("a").unenforced()))).isZero();
        pass(Duration.ofNanos(200_000));
        assertThat(cache.uncertainNanos(List.of(demand("a")))).isZero();
        assertThat(cache.size()).isZero();
    }

    @Test
    void learn_grantThatLeavesTooLittle_sparesTheFirstDenialsCall() {
        learn(said(demand("a"), 1, 900_000, 0));
        assertThat(cache.denial(List.of(demand("a"))).results().get(0).retryAfterMicros())
                .isEqualTo(100_000);
        learn(said(demand("b"), 1, 1_000_000, 0));
        assertThat(cache.denial(List.of(demand("b")))).isNull();
    }

    @Test
    void denial_clockOfTheStoreWentBack_waitsForIt() {
        learn(said(demand("a"), 0, 0, 2_000_000));
        pass(Duration.ofSeconds(1));
        assertThat(cache.denial(List.of(demand("a"))).results().get(0).retryAfterMicros())
                .isEqualTo(2_000_000);
        pass(Duration.ofMillis(1500));
        assertThat(cache.denial(List.of(demand("a"))).results().get(0).retryAfterMicros())
                .isEqualTo(500_000);
    }

    @Test
    void denial_smallerCost_asksTheStore() {
        learn(said(demand("a").withCost(3), 0, 2_000_000, 0));
        assertThat(cache.denial(List.of(demand("a").withCost(2)))).isNull();
        assertThat(cache.denial(List.of(demand("a").withCost(4)))).isNotNull();
    }

    @Test
    void denial_otherShapeOrNotEnforced_asksTheStore() {
        learn(said(demand("a"), 0, 0, 0));
        Demand bigger = demand("a").withShape(BucketShape.of(20, 1, 1_000_000));
        assertThat(cache.denial(List.of(bigger))).isNull();
        assertThat(cache.denial(List.of(demand("a").unenforced()))).isNull();
    }

    @Test
    void learn_whatDeniesNothingEver_isNotKept() {
        learn(said(demand("a").unenforced(), 0, 0, 0));
        learn(said(demand("b").withCost(0), 0, 0, 0));
        learn(said(demand("c").withCost(11), 0, 0, 0));
        learn(said(demand("d").withShape(BucketShape.of(10, 0, 1)), 0, 0, 0));
        assertThat(cache.size()).isZero();
    }

    @Test
    void learn_answersOvertakeEachOther_theLaterEndHolds() {
        learn(said(demand("a"), 0, 0, 0));
        learn(said(demand("a"), 0, 900_000, 0));
        pass(Duration.ofMillis(200));
        assertThat(cache.denial(List.of(demand("a")))).isNotNull();
        learn(said(demand("a"), 0, 0, 0));
        pass(Duration.ofMillis(900));
        assertThat(cache.denial(List.of(demand("a")))).isNotNull();
        learn(said(demand("a").withCost(2), 0, 1_900_000, 0));
        assertThat(cache.denial(List.of(demand("a")))).isNull();
        learn(said(demand("a").withShape(BucketShape.of(9, 1, 1_000_000)), 0, 0, 0));
        assertThat(cache.denial(List.of(demand("a").withCost(2)))).isNull();
    }

    @Test
    void denial_severalPolicies_tellsOfThoseThatDeny() {
        Demand other = Limits.policy("q", 5, 1).demand("a");
        Demand third = Limits.policy("r", 5, 1).demand("a");
        learn(said(demand("a"), 0, 0, 0));
        learn(said(third, 0, 500_000, 0));
        Decision denial = cache.denial(List.of(other, third, demand("a")));
        assertThat(denial.allowed()).isFalse();
        assertThat(denial.source()).isEqualTo(Decision.Source.DENY_CACHE);
        assertThat(denial.results())
                .extracting(result -> result.policy().name())
                .containsExactly("p", "r");
    }

    @Test
    void forget_bucketReset_asksTheStoreAndLearnsNothingOlder() {
        long epoch = cache.epoch();
        learn(said(demand("a"), 0, 0, 0));
        cache.forget(demand("a").bucket());
        assertThat(cache.denial(List.of(demand("a")))).isNull();
        cache.learn(said(demand("a"), 0, 0, 0), nanos.get(), epoch);
        assertThat(cache.denial(List.of(demand("a")))).isNull();
        learn(said(demand("a"), 0, 0, 0));
        cache.clear();
        assertThat(cache.denial(List.of(demand("a")))).isNull();
    }

    @Test
    void learn_longestWait_doesNotOverflow() {
        Demand slow = demand("a").withShape(BucketShape.of(20, 1, 316_224_000_000_000L));
        learn(said(slow.withCost(20), 0, 0, 0));
        assertThat(cache.denial(List.of(slow.withCost(20)))).isNotNull();
    }

    @Test
    void learn_attackersKeys_areBounded() {
        DenyCache small = new DenyCache(nanos::get, 50);
        for (int i = 0; i < 5_000; i++) {
            small.learn(said(demand("user:" + i), 0, 0, 0), nanos.get(), small.epoch());
        }
        assertThat(small.size()).isLessThanOrEqualTo(50);
    }

    /** P3: an oracle that is asked for each request denied here never says yes. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void denial_anyLoad_isNeverOneThatTheStoreWouldGrant(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        AtomicLong micros = new AtomicLong(1_000_000);
        DenyCache own = new DenyCache(() -> micros.get() * 1000, 100);
        InMemoryBuckets store = new InMemoryBuckets();
        BucketShape shape =
                BucketShape.of(
                        random.nextLong(1, 20),
                        random.nextLong(1, 30),
                        random.nextLong(1, 2_000_000));
        int deniedHere = 0;
        for (int i = 0; i < 20_000; i++) {
            long cost = random.nextLong(1, Math.min(4, shape.capacity() + 1));
            Demand demand = demand("a").withShape(shape).withCost(cost);
            List<TokenBucket.Slot> slots = List.of(new TokenBucket.Slot(shape, null, cost, true));
            if (own.denial(List.of(demand)) == null) {
                long sent = TimeUnit.MICROSECONDS.toNanos(micros.get());
                micros.addAndGet(random.nextLong(0, 50));
                TokenBucket.Step step = store.step(List.of("a"), slots, 1, micros.get());
                micros.addAndGet(random.nextLong(0, 50));
                List<PolicyResult> results = new ArrayList<>();
                results.add(new PolicyResult(demand, step.outcomes().get(0)));
                own.learn(
                        Decision.of(step.granted(), results, Decision.Source.REDIS),
                        sent,
                        own.epoch());
            } else {
                deniedHere++;
                BucketState before = store.state("a");
                TokenBucket.Step asked = store.step(List.of("a"), slots, 1, micros.get());
                assertThat(asked.granted()).as("seed %d, request %d", seed, i).isZero();
                assertThat(store.state("a")).isEqualTo(before);
            }
            micros.addAndGet(random.nextLong(0, 300));
        }
        assertThat(deniedHere).as("seed %d", seed).isPositive();
    }
}
