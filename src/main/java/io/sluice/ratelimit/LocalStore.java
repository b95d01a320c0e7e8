package io.sluice.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Buckets in this process: the same arithmetic as the shared store, on a monotonic clock.
 *
 * <p>A decision over several buckets takes each one's own lock, in the order in which the buckets
 * were made, so no two decisions can wait for each other; it holds them for the arithmetic alone,
 * well under a microsecond, and nothing is called meanwhile. There is no lock that all share.
 *
 * <p>Memory is bounded. A bucket goes once it is full, and nothing is lost with it. Past the bound
 * the cache drops those that are used least (W-TinyLFU), so that a flood of new names pushes out
 * one another and not the busy ones; a bucket that is dropped before its time starts full again.
 *
 * <p>Safe for any number of threads.
 */
public final class LocalStore implements RateLimitStore {

    /**
     * How often buckets that left the cache before they were locked are looked up anew. A cache
     * that drops them faster than that starts them full again anyway.
     */
    private static final int ATTEMPTS = 4;

    /** Kept this much longer than it takes to fill, against rounding. */
    private static final long SLACK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * A bound on how long an unused bucket is kept: about 146 years, which nanoseconds can count.
     */
    private static final long LONGEST_NANOS = Long.MAX_VALUE / 2;

    private static final Comparator<Bucket> BY_AGE = Comparator.comparingLong(bucket -> bucket.age);

    private final LongSupplier nanoClock;
    private final long originNanos;
    private final AtomicLong ages = new AtomicLong();
    private final Cache<String, Bucket> buckets;

    /**
     * @param nanoClock a monotonic clock in nanoseconds
     * @param maxBuckets how many buckets are kept at most
     */
    public LocalStore(LongSupplier nanoClock, long maxBuckets) {
        this.nanoClock = nanoClock;
        this.originNanos = nanoClock.getAsLong();
        this.buckets =
                Caffeine.newBuilder()
                        .maximumSize(maxBuckets)
                        .expireAfter(new UntilFull())
                        .ticker(nanoClock::getAsLong)
                        .executor(Runnable::run)
                        .evictionListener(LocalStore::retired)
                        .build();
    }

    @Override
    public CompletionStage<Decision> decide(List<Demand> demands, int permits) {
        return CompletableFuture.completedFuture(decideNow(demands, permits));
    }

    /** As {@link #decide}, at once. */
    public Decision decideNow(List<Demand> demands, int permits) {
        Bucket[] asked = new Bucket[demands.size()];
        Bucket[] locked = new Bucket[asked.length];
        for (int attempt = 1; ; attempt++) {
            for (int i = 0; i < asked.length; i++) {
                asked[i] = bucket(demands.get(i));
            }
            System.arraycopy(asked, 0, locked, 0, asked.length);
            Arrays.sort(locked, BY_AGE);
            if (lock(locked) || attempt == ATTEMPTS) {
                break;
            }
            unlock(locked);
        }
        try {
            return step(demands, asked, permits);
        } finally {
            unlock(locked);
        }
    }

    @Override
    public CompletionStage<Boolean> reset(String bucket) {
        return CompletableFuture.completedFuture(resetNow(bucket));
    }

    boolean resetNow(String name) {
        boolean[] known = new boolean[1];
        buckets.asMap()
                .computeIfPresent(
                        name,
                        (key, bucket) -> {
                            known[0] = bucket.retire();
                            return null;
                        });
        return known[0];
    }

    /** How many buckets are kept, about. */
    public long size() {
        return buckets.estimatedSize();
    }

    private Decision step(List<Demand> demands, Bucket[] asked, int permits) {
        TokenBucket.Slot[] slots = new TokenBucket.Slot[asked.length];
        for (int i = 0; i < slots.length; i++) {
            Demand demand = demands.get(i);
            slots[i] =
                    new TokenBucket.Slot(
                            demand.shape(), asked[i].state, demand.cost(), demand.enforced());
        }
        long nowMicros = (nanoClock.getAsLong() - originNanos) / 1000;
        TokenBucket.Step step = TokenBucket.step(Arrays.asList(slots), permits, nowMicros);
        for (int i = 0; i < slots.length; i++) {
            BucketState changed = step.outcomes().get(i).state();
            if (changed != null) {
                asked[i].state = changed;
            }
        }
        return Decision.of(demands, step, Decision.Source.LOCAL);
    }

    private Bucket bucket(Demand demand) {
        String name = demand.bucket();
        long life = lifeNanos(demand.shape());
        Bucket bucket = buckets.get(name, key -> new Bucket(ages.getAndIncrement(), life));
        if (bucket.lifeNanos < life) {
            // The shape became slower: the cache must learn the longer life before it is needed.
            bucket.lifeNanos = life;
            bucket = buckets.get(name, key -> new Bucket(ages.getAndIncrement(), life));
        }
        return bucket;
    }

    private static long lifeNanos(BucketShape shape) {
        long fill = TimeUnit.MICROSECONDS.toNanos(shape.fillMicros());
        return Math.min(fill, LONGEST_NANOS) + SLACK_NANOS;
    }

    /** Locks all; false when one of them has left the cache meanwhile. */
    private static boolean lock(Bucket[] buckets) {
        boolean current = true;
        for (Bucket bucket : buckets) {
            bucket.lock();
            current &= !bucket.retired;
        }
        return current;
    }

    private static void unlock(Bucket[] buckets) {
        for (Bucket bucket : buckets) {
            bucket.unlock();
        }
    }

    /** Called while the entry is still locked in the cache: its successor comes after. */
    private static void retired(
            @Nullable String name, @Nullable Bucket bucket, RemovalCause cause) {
        if (bucket != null) {
            bucket.retire();
        }
    }

    /** One bucket and its lock. */
    private static final class Bucket extends ReentrantLock {

        private static final long serialVersionUID = 1L;

        final long age;
        volatile long lifeNanos;
        transient @Nullable BucketState state;
        boolean retired;

        Bucket(long age, long lifeNanos) {
            this.age = age;
            this.lifeNanos = lifeNanos;
        }

        /** Whether anything had been taken from it; one that was only made is as good as none. */
        boolean retire() {
            lock();
            try {
                retired = true;
                return state != null;
            } finally {
                unlock();
            }
        }
    }

    /** An unused bucket is full after the time it takes to fill from empty. */
    private static final class UntilFull implements Expiry<String, Bucket> {

        @Override
        public long expireAfterCreate(String name, Bucket bucket, long nowNanos) {
            return bucket.lifeNanos;
        }

        @Override
        public long expireAfterUpdate(
                String name, Bucket bucket, long nowNanos, long remainingNanos) {
            return bucket.lifeNanos;
        }

        @Override
        public long expireAfterRead(
                String name, Bucket bucket, long nowNanos, long remainingNanos) {
            return bucket.lifeNanos;
        }
    }
}
