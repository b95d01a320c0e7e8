package io.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.ratelimit.TokenBucket.Slot;
import io.sluice.ratelimit.TokenBucket.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketTest extends TokenBucketContract {

    @Override
    protected Bench bench() {
        return new InMemoryBuckets();
    }

    @Test
    void vector2_saturatedForAMillionSeconds_admitsExactlyTheBound() {
        BucketShape shape = shape(3, 3, Duration.ofSeconds(1));
        BucketState state = null;
        long admitted = 0;
        long now = 0;
        while (now <= 1_000_000_000_000L) {
            Step step = TokenBucket.step(List.of(new Slot(shape, state, 1, true)), 1, now);
            TokenBucket.Outcome outcome = step.outcomes().get(0);
            admitted += step.granted();
            if (outcome.state() != null) {
                state = outcome.state();
            }
            now += outcome.retryMicros();
        }
        assertThat(admitted).isEqualTo(3_000_000 + 3);
    }

    /** P1 and P5 for one bucket: every pair of admissions is within the bound. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void admissions_anyWindow_areWithinTheBound(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long capacity = random.nextLong(1, 30);
        long tokens = random.nextLong(1, 50);
        long period = random.nextLong(1, 3_000_000);
        BucketShape shape = BucketShape.of(capacity, tokens, period);
        List<long[]> admissions = new ArrayList<>();
        BucketState state = null;
        long now = 0;
        for (int i = 0; i < 3000; i++) {
            now = Math.max(0, now + random.nextLong(-period / 20 - 1, period / 8 + 2));
            long cost = random.nextLong(1, capacity + 1);
            Step step = TokenBucket.step(List.of(new Slot(shape, state, cost, true)), 1, now);
            TokenBucket.Outcome outcome = step.outcomes().get(0);
            assertThat(outcome.remaining()).as("seed %d", seed).isBetween(0L, capacity);
            assertThat(outcome.resetMicros()).as("seed %d", seed).isGreaterThanOrEqualTo(0);
            if (outcome.exceeded()) {
                assertThat(outcome.retryMicros()).isGreaterThanOrEqualTo(outcome.nextMicros());
            }
            if (outcome.state() != null) {
                state = outcome.state();
                admissions.add(new long[] {state.lastMicros(), cost});
            }
        }
        assertThat(admissions).hasSizeGreaterThan(100);
        for (int from = 0; from < admissions.size(); from++) {
            long sum = 0;
            for (int to = from; to < admissions.size(); to++) {
                sum += admissions.get(to)[1];
                long window = admissions.get(to)[0] - admissions.get(from)[0];
                assertThat(sum * period)
                        .as("seed %d, admissions %d to %d", seed, from, to)
                        .isLessThanOrEqualTo(capacity * period + tokens * window);
            }
        }
    }

    /** P3: permits that are decided together find what they would have found in turn. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void share_permitsDecidedTogether_findWhatTheyWouldInTurn(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 300; round++) {
            InMemoryBuckets together = new InMemoryBuckets();
            InMemoryBuckets inTurn = new InMemoryBuckets();
            List<Demand> demands = new ArrayList<>();
            int policies = random.nextInt(1, 4);
            for (int p = 0; p < policies; p++) {
                BucketShape shape =
                        BucketShape.of(
                                random.nextLong(1, 12),
                                random.nextLong(0, 9),
                                random.nextLong(1, 900));
                Demand demand =
                        new Demand(
                                Limits.policy("p" + p, 1, 1),
                                "global",
                                "p" + p,
                                shape,
                                random.nextLong(0, 4),
                                random.nextInt(4) > 0);
                demands.add(demand);
                BucketState state =
                        new BucketState(
                                random.nextLong(0, shape.capacity() + 1),
                                random.nextLong(0, shape.scale()),
                                shape.scale(),
                                random.nextLong(0, 2_000));
                together.put("p" + p, state);
                inTurn.put("p" + p, state);
            }
            int permits = random.nextInt(1, 9);
            Decision all = decide(together, demands, permits);
            for (int i = 0; i < permits; i++) {
                assertThat(plain(all.share(i)))
                        .as("seed %d, round %d, permit %d of %d", seed, round, i, permits)
                        .isEqualTo(plain(decide(inTurn, demands, 1)));
            }
            for (int p = 0; p < policies; p++) {
                assertThat(together.state("p" + p)).isEqualTo(inTurn.state("p" + p));
            }
        }
    }

    private static Decision decide(InMemoryBuckets buckets, List<Demand> demands, int permits) {
        List<Slot> slots =
                demands.stream()
                        .map(d -> new Slot(d.shape(), null, d.cost(), d.enforced()))
                        .toList();
        List<String> names = demands.stream().map(d -> d.policy().name()).toList();
        return Decision.of(
                demands, buckets.step(names, slots, permits, 1_000), Decision.Source.LOCAL);
    }

    /** Without what is kept: a share says what is told, not what is stored. */
    private static List<Object> plain(Decision decision) {
        List<Object> plain = new ArrayList<>(List.of(decision.granted()));
        List<PolicyResult> byName = new ArrayList<>(decision.results());
        byName.sort(Comparator.comparing(result -> result.policy().name()));
        for (PolicyResult result : byName) {
            plain.add(result.policy().name());
            plain.add(result.exceeded());
            plain.add(result.remaining());
            plain.add(result.nextMicros());
            plain.add(result.resetMicros());
            plain.add(result.retryAfterMicros());
        }
        return plain;
    }
}
