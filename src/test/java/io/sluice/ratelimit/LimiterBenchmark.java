package io.sluice.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One decision of the limiter on the buckets of this process, by turns on so many of them: a bucket
 * that always has tokens, and one that is always empty.
 *
 * <p>Run it with {@code bench/jmh}; {@code bench/ratelimit} measures the shared store.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
public class LimiterBenchmark {

    @Param({"1", "10000"})
    public int buckets;

    private final List<List<Demand>> granted = new ArrayList<>();
    private final List<List<Demand>> denied = new ArrayList<>();
    private RateLimiter limiter;
    private int next;

    @Setup
    public void setUp() {
        limiter = new RateLimiter(null, new LocalStore(System::nanoTime, 4L * buckets), () -> 1);
        KeySpec user = KeySpec.parse(List.of("user"));
        Policy plenty = policy("plenty", user, BucketShape.of(1_000_000_000, 1_000_000_000, 1));
        Policy spent = policy("spent", user, BucketShape.of(1, 1, 86_400_000_000L));
        for (int i = 0; i < buckets; i++) {
            granted.add(List.of(plenty.demand("user-" + i)));
            denied.add(List.of(spent.demand("user-" + i)));
            limiter.decide(denied.get(i));
        }
        if (!(limiter.decide(denied.get(0)).join() instanceof Verdict.Decided first)
                || first.decision().allowed()) {
            throw new IllegalStateException("the spent bucket still gives");
        }
    }

    private static Policy policy(String name, KeySpec key, BucketShape shape) {
        return new Policy(name, key, shape, 1, OnStoreFailure.LOCAL, false);
    }

    private int next() {
        next = next + 1 == buckets ? 0 : next + 1;
        return next;
    }

    @Benchmark
    public Object granted() {
        return limiter.decide(granted.get(next()));
    }

    @Benchmark
    public Object denied() {
        return limiter.decide(denied.get(next()));
    }
}
