package io.sluice.ratelimit.bench;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Who was admitted and when, and whether that was too many.
 *
 * <p>A limiter decides at an instant between question and answer that is not seen from outside. So
 * a window counts the admissions whose question and answer both lie in it: what is above its bound
 * then is above it wherever those instants lay. Never too many by error; some may be missed.
 */
final class Admissions {

    /** Above this many of one key, only some windows are looked at. */
    private static final int MOST = 4000;

    /**
     * The worst window of a key.
     *
     * @param ratio admitted divided by {@code capacity + rate * length}
     * @param excess tokens above that bound, 0 when there are none
     */
    record Worst(double ratio, long excess) {

        static final Worst NONE = new Worst(0, 0);

        Worst or(Worst other) {
            return new Worst(Math.max(ratio, other.ratio), Math.max(excess, other.excess));
        }
    }

    private int size;
    private int[] keys = new int[1024];
    private long[] asked = new long[1024];
    private long[] answered = new long[1024];

    void add(Ticket ticket) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, 2 * size);
            asked = Arrays.copyOf(asked, 2 * size);
            answered = Arrays.copyOf(answered, 2 * size);
        }
        keys[size] = ticket.key;
        asked[size] = ticket.askedNanos;
        answered[size++] = ticket.answeredNanos;
    }

    /** The worst window of any key. */
    Worst worst(Limit limit) {
        Integer[] order = new Integer[size];
        Arrays.setAll(order, i -> i);
        Arrays.sort(
                order,
                Comparator.comparingInt((Integer i) -> keys[i])
                        .thenComparingLong(i -> answered[i]));
        Worst worst = Worst.NONE;
        for (int from = 0, to; from < size; from = to) {
            to = from;
            while (to < size && keys[order[to]] == keys[order[from]]) {
                to++;
            }
            worst = worst.or(worst(order, from, to, limit));
        }
        return worst;
    }

    private Worst worst(Integer[] order, int from, int to, Limit limit) {
        double ratio = 0;
        double excess = 0;
        int stride = Math.max(1, (to - from) / MOST);
        for (int i = from; i < to; i += stride) {
            long start = asked[order[i]];
            int count = 0;
            for (int j = from; j < to; j++) {
                if (asked[order[j]] - start < 0) {
                    continue;
                }
                count++;
                double seconds = (answered[order[j]] - start) / 1e9;
                double bound = limit.capacity() + limit.perSecond() * seconds;
                ratio = Math.max(ratio, count / bound);
                excess = Math.max(excess, count - bound);
            }
        }
        return new Worst(ratio, (long) Math.ceil(excess));
    }
}
