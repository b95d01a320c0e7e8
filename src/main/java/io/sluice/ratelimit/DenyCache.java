package io.sluice.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which buckets cannot give what is asked, until they can.
 *
 * <p>Exact: the store said at a moment after the call was sent that a bucket needs some time for a
 * cost. A level rises only by its refill, so no request of that cost or more is admitted before
 * that time has passed since the call was sent, and until then it is denied here. A grant that
 * leaves too little behind says the same, so that the first denial costs no call either.
 *
 * <p>Where a level rises otherwise - a bucket is reset, or lost by the store - {@link #forget} and
 * {@link #clear} are told.
 *
 * <p>Memory is bounded: past the bound, what is used least goes, and costs one call. Safe for any
 * number of threads.
 */
public final class DenyCache {

    /**
     * What is known of a bucket.
     *
     * @param result what the store said, as of {@code heardNanos}
     * @param untilNanos when the bucket may be able to give
     * @param surelyNanos when it can, if nobody else takes from it
     */
    private record Entry(PolicyResult result, long heardNanos, long untilNanos, long surelyNanos) {

        boolean speaksOf(Demand demand) {
            Demand known = result.demand();
            return demand.enforced()
                    && demand.cost() >= known.cost()
                    && demand.shape().equals(known.shape());
        }

        boolean denies(Demand demand, long nowNanos) {
            return speaksOf(demand) && untilNanos - nowNanos > 0;
        }

        boolean outlasts(Entry other) {
            Demand own = result.demand();
            Demand others = other.result.demand();
            return own.cost() == others.cost()
                    && own.shape().equals(others.shape())
                    && untilNanos - other.untilNanos > 0;
        }

        /** Counted from when the answer was here: never less than there is still to wait. */
        PolicyResult at(Demand demand, long nowNanos) {
            long elapsed = TimeUnit.NANOSECONDS.toMicros(Math.max(0, nowNanos - heardNanos));
            TokenBucket.Reading reading =
                    TokenBucket.later(demand.shape(), result.outcome().reading(), elapsed);
            return new PolicyResult(
                    demand, TokenBucket.outcome(demand.shape(), demand.cost(), reading, 1));
        }
    }

    /** A call that took longer than this says little of how long the next one takes. */
    private static final long MOST_UNCERTAIN_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    /** No denial is remembered for longer, and nanoseconds can count it. */
    private static final long LONGEST_MICROS = TimeUnit.DAYS.toMicros(365);

    private final LongSupplier nanoClock;
    private final Cache<String, Entry> entries;
    private final AtomicLong epoch = new AtomicLong();

    /**
     * @param nanoClock a monotonic clock in nanoseconds
     * @param maxEntries how many buckets are remembered at most
     */
    public DenyCache(LongSupplier nanoClock, long maxEntries) {
        this.nanoClock = nanoClock;
        this.entries =
                Caffeine.newBuilder()
                        .maximumSize(maxEntries)
                        .expireAfter(new UntilItGives())
                        .ticker(nanoClock::getAsLong)
                        .executor(Runnable::run)
                        .build();
    }

    /**
     * The denial of this request, or {@code null} when the store must be asked. It speaks only of
     * the buckets that deny.
     */
    public @Nullable Decision denial(List<Demand> demands) {
        List<PolicyResult> denying = null;
        long now = 0;
        for (Demand demand : demands) {
            Entry entry = entries.getIfPresent(demand.bucket());
            if (entry == null) {
                continue;
            }
            now = denying == null ? nanoClock.getAsLong() : now;
            if (entry.denies(demand, now)) {
                denying = denying == null ? new ArrayList<>(demands.size()) : denying;
                denying.add(entry.at(demand, now));
            }
        }
        return denying == null ? null : Decision.of(0, denying, Decision.Source.DENY_CACHE);
    }

    /**
     * For how many nanoseconds more a call may come too early: no denial is certain any more, and
     * no grant yet, for the moment between sending and hearing at which the store spoke is not
     * known. 0 when there is nothing to wait for, at most half a millisecond.
     */
    public long uncertainNanos(List<Demand> demands) {
        long now = nanoClock.getAsLong();
        long most = 0;
        for (Demand demand : demands) {
            Entry entry = entries.getIfPresent(demand.bucket());
            if (entry != null && entry.speaksOf(demand)) {
                most = Math.max(most, entry.surelyNanos() - now);
            }
        }
        // A denial that became known since it was asked for may last for much longer.
        return Math.min(MOST_UNCERTAIN_NANOS, most);
    }

    /** To be read before a call is sent, and handed to {@link #learn} with its answer. */
    public long epoch() {
        return epoch.get();
    }

    /**
     * Takes in what the store just said.
     *
     * @param decision the whole decision, of any number of permits
     * @param sentNanos when the call was sent, on this cache's clock
     * @param sentEpoch the {@link #epoch} when it was sent; nothing is learned from a call that
     *     began before a bucket was forgotten
     */
    public void learn(Decision decision, long sentNanos, long sentEpoch) {
        for (PolicyResult result : decision.results()) {
            long wait = Math.min(LONGEST_MICROS, waitMicros(result));
            if (wait > 0 && sentEpoch == epoch.get()) {
                long heard = nanoClock.getAsLong();
                long until = sentNanos + TimeUnit.MICROSECONDS.toNanos(wait);
                long uncertain = Math.min(MOST_UNCERTAIN_NANOS, Math.max(0, heard - sentNanos));
                keep(new Entry(result, heard, until, until + uncertain));
            }
        }
    }

    /** Answers may overtake each other: of two that say the same, the later end holds. */
    private void keep(Entry entry) {
        String bucket = entry.result().demand().bucket();
        Entry known = entries.getIfPresent(bucket);
        if (known == null || !known.outlasts(entry)) {
            entries.put(bucket, entry);
        }
    }

    /** Until the bucket can give one permit more; 0 when it can, or when that is not known. */
    private static long waitMicros(PolicyResult result) {
        Demand demand = result.demand();
        if (!demand.enforced() || demand.cost() == 0) {
            return 0;
        }
        TokenBucket.Reading reading = result.outcome().reading();
        TokenBucket.Reading after =
                new TokenBucket.Reading(0, reading.left(), reading.behindMicros());
        return TokenBucket.outcome(demand.shape(), demand.cost(), after, 1).retryMicros();
    }

    /** The bucket was reset: it may give again. */
    public void forget(String bucket) {
        epoch.incrementAndGet();
        entries.invalidate(bucket);
    }

    /** Any bucket may give again. */
    public void clear() {
        epoch.incrementAndGet();
        entries.invalidateAll();
    }

    /** How many buckets are remembered; those that surely can give again are not. */
    public long size() {
        entries.cleanUp();
        return entries.estimatedSize();
    }

    private static final class UntilItGives implements Expiry<String, Entry> {

        @Override
        public long expireAfterCreate(String bucket, Entry entry, long nowNanos) {
            return Math.max(0, entry.surelyNanos() - nowNanos);
        }

        @Override
        public long expireAfterUpdate(
                String bucket, Entry entry, long nowNanos, long remainingNanos) {
            return Math.max(0, entry.surelyNanos() - nowNanos);
        }

        @Override
        public long expireAfterRead(
                String bucket, Entry entry, long nowNanos, long remainingNanos) {
            return remainingNanos;
        }
    }
}
