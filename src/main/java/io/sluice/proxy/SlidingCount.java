package io.sluice.proxy;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A count over the last seconds, one bucket a second. A bucket carries its second in its upper bits
 * (28: eight years), so that one compare-and-set both counts and starts it afresh. Lock-free.
 */
final class SlidingCount {

    private static final int COUNT_BITS = 36;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

    private final AtomicLongArray buckets;

    SlidingCount(int seconds) {
        this.buckets = new AtomicLongArray(seconds);
    }

    /**
     * Counts one.
     *
     * @return false when the bucket has moved on, as for a thread that was held up for a whole
     *     window; nothing is counted then
     */
    boolean add(long second) {
        return change(second, 1);
    }

    /** Undoes one {@link #add} of the same second, unless its bucket has moved on. */
    void takeBack(long second) {
        change(second, -1);
    }

    private boolean change(long second, int by) {
        int index = index(second);
        while (true) {
            long bucket = buckets.get(index);
            long bucketSecond = bucket >>> COUNT_BITS;
            if (bucketSecond > second) {
                return false;
            }
            long count = bucketSecond == second ? bucket & COUNT_MASK : 0;
            // Taking back finds either its own count or a newer second, which was handled above.
            if (buckets.compareAndSet(index, bucket, second << COUNT_BITS | count + by)) {
                return true;
            }
        }
    }

    /** The count of the seconds up to this one, as many as there are buckets. */
    long sum(long second) {
        long sum = 0;
        for (int i = 0; i < buckets.length(); i++) {
            long bucket = buckets.get(i);
            if (second - (bucket >>> COUNT_BITS) < buckets.length()) {
                sum += bucket & COUNT_MASK;
            }
        }
        return sum;
    }

    private int index(long second) {
        return (int) (second % buckets.length());
    }
}
