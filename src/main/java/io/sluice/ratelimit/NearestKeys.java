package io.sluice.ratelimit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Of each policy the few buckets that have the smallest part of their capacity left, among those
 * that were asked while somebody watched. For people to look at: no decision reads it.
 *
 * <p>While nobody watches, a decision costs one read of a flag here. While somebody does, a
 * decision that meets another one at the same policy is left out instead of waiting; the next one
 * on that bucket tells the same.
 *
 * <p>Safe for any number of threads.
 */
public final class NearestKeys {

    /**
     * One bucket, at the moment of asking.
     *
     * @param identity whose, with secrets masked; see {@link ShownIdentity}
     * @param remaining whole tokens left
     * @param capacity tokens in a full bucket
     * @param resetMicros until it is full, {@link TokenBucket#NEVER} where it does not refill
     */
    public record Near(String identity, long remaining, long capacity, long resetMicros) {}

    private final LongSupplier nanoClock;
    private final int most;
    private final Map<String, Board> boards = new ConcurrentHashMap<>();
    private volatile boolean watched;

    /**
     * @param nanoClock a monotonic clock in nanoseconds
     * @param most buckets that are kept of each policy, at least 1
     */
    public NearestKeys(LongSupplier nanoClock, int most) {
        this.nanoClock = nanoClock;
        this.most = most;
    }

    /** Begins or ends to take notice; either way what was noticed before is dropped. */
    public void watch(boolean on) {
        watched = on;
        boards.clear();
    }

    /** A decision was made. */
    public void decided(Decision decision) {
        if (!watched) {
            return;
        }
        long now = nanoClock.getAsLong();
        for (PolicyResult result : decision.results()) {
            boards.computeIfAbsent(result.policy().name(), name -> new Board(most))
                    .take(new Entry(result, now));
        }
    }

    /** The buckets of this policy that are not full, the nearest to empty first. */
    public List<Near> nearest(String policy) {
        Board board = boards.get(policy);
        return board == null ? List.of() : board.shown(nanoClock.getAsLong());
    }

    /** What a decision said of a bucket, and when. */
    private record Entry(PolicyResult result, long heardNanos) {

        /** Part of the capacity that is there now, 0 to 1, if nothing was taken since. */
        double part(long nowNanos) {
            double full = result.demand().shape().full();
            return full == 0 ? 0 : reading(nowNanos).left() / full;
        }

        private TokenBucket.Reading reading(long nowNanos) {
            long elapsed = TimeUnit.NANOSECONDS.toMicros(Math.max(0, nowNanos - heardNanos));
            return TokenBucket.later(result.demand().shape(), result.outcome().reading(), elapsed);
        }

        Near shown(long nowNanos) {
            Demand demand = result.demand();
            TokenBucket.Outcome outcome =
                    TokenBucket.outcome(demand.shape(), 0, reading(nowNanos), 1);
            return new Near(
                    ShownIdentity.of(demand.identity()),
                    outcome.remaining(),
                    demand.shape().capacity(),
                    outcome.resetMicros());
        }
    }

    /** The entries of one policy. */
    private static final class Board {

        private final ReentrantLock lock = new ReentrantLock();
        private final Entry[] entries;
        private int size;

        Board(int most) {
            this.entries = new Entry[most];
        }

        void take(Entry entry) {
            if (!lock.tryLock()) {
                return;
            }
            try {
                int at = place(entry);
                if (at >= 0) {
                    entries[at] = entry;
                    size = Math.max(size, at + 1);
                }
            } finally {
                lock.unlock();
            }
        }

        /** Its own place, a free one, or that of the fullest one if this is emptier; else -1. */
        private int place(Entry entry) {
            String bucket = entry.result().demand().bucket();
            for (int i = 0; i < size; i++) {
                if (entries[i].result().demand().bucket().equals(bucket)) {
                    return i;
                }
            }
            if (size < entries.length) {
                return size;
            }
            int fullest = 0;
            double most = -1;
            for (int i = 0; i < size; i++) {
                double part = entries[i].part(entry.heardNanos());
                if (part > most) {
                    fullest = i;
                    most = part;
                }
            }
            return entry.part(entry.heardNanos()) < most ? fullest : -1;
        }

        List<Near> shown(long nowNanos) {
            List<Entry> kept = new ArrayList<>();
            lock.lock();
            try {
                for (int i = 0; i < size; i++) {
                    kept.add(entries[i]);
                }
            } finally {
                lock.unlock();
            }
            return kept.stream()
                    .filter(entry -> entry.part(nowNanos) < 1)
                    .sorted(Comparator.comparingDouble(entry -> entry.part(nowNanos)))
                    .map(entry -> entry.shown(nowNanos))
                    .toList();
        }
    }
}
