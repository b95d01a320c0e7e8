package io.sluice.balance;

import io.sluice.upstream.EndpointSet.Member;
import io.sluice.upstream.EndpointState;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Picks the member of least load ÷ weight: of all up to {@value #SCAN_LIMIT}, of four distinct
 * random ones beyond.
 *
 * <p>Four and not two: with two, a pick lands among s bad ones of n whenever both draws do, 6.7 %
 * for 3 of 10; with four it takes more than four bad ones. A full scan of many would make gateways
 * herd on the same member. Equals share by chance in proportion to their weights: a fixed order
 * would send nearly all traffic of a quiet fleet to its first member.
 */
final class LeastLoadedPicker implements Picker {

    static final int SCAN_LIMIT = 16;

    /** One pick in so many may probe ({@link LoadMeasure#load}). A power of two. */
    static final int PICKS_PER_PROBE = 128;

    /* Knuth's MMIX generator: enough chance for ties, from one draw of the random generator. */
    private static final long LCG_FACTOR = 6364136223846793005L;
    private static final long LCG_STEP = 1442695040888963407L;

    /** Where the number of a draw stands, above an index. */
    private static final int DRAW_SHIFT = 29;

    private final Member[] members;
    private final EndpointState[] states;
    private final int[] weights;
    private final @Nullable AliasTable draws;
    private final LoadMeasure measure;
    private final RandomGenerator random;

    LeastLoadedPicker(Pool pool, LoadMeasure measure, RandomGenerator random) {
        this.members = pool.members();
        this.states = new EndpointState[pool.size()];
        for (int i = 0; i < states.length; i++) {
            states[i] = members[i].state();
        }
        this.weights = pool.weights();
        this.draws = pool.equalWeights() ? null : AliasTable.of(weights);
        this.measure = measure;
        this.random = random;
    }

    @Override
    public @Nullable Member pick(PickRequest request, long nowNanos) {
        int n = members.length;
        if (n <= 1) {
            return n == 1 && request.mayUse(states[0]) ? members[0] : null;
        }
        long chance = random.nextLong();
        boolean probing = (chance & (PICKS_PER_PROBE - 1)) == 0;
        int best = -1;
        if (n > SCAN_LIMIT) {
            best =
                    draws == null
                            ? ofFour(chance, nowNanos, probing, request)
                            : ofFew(draws, nowNanos, probing, request);
        } else if (draws == null && request.first()) {
            best = ofEquals(chance, nowNanos, probing);
        }
        if (best < 0) {
            best = ofAll(chance, nowNanos, probing, request);
        }
        return best < 0 ? null : members[best];
    }

    /**
     * The best of all, weights being equal and nothing tried. Each is one number, its load above
     * chance above its index, and the lowest wins: no branch that a processor would guess wrong.
     */
    private int ofEquals(long chance, long nowNanos, boolean probing) {
        long ties = chance;
        long least = Long.MAX_VALUE;
        for (int i = 0; i < states.length; i++) {
            ties = ties * LCG_FACTOR + LCG_STEP;
            long tie = (ties >>> 32) & ~(SCAN_LIMIT - 1L);
            least = Math.min(least, loadBits(i, nowNanos, probing) << 32 | tie | i);
        }
        return (int) least & (SCAN_LIMIT - 1);
    }

    /** Bits of a load that is not negative are in the order of the loads. */
    private long loadBits(int i, long nowNanos, boolean probing) {
        return Float.floatToRawIntBits(measure.load(states[i], nowNanos, probing));
    }

    private int ofAll(long chance, long nowNanos, boolean probing, PickRequest request) {
        long ties = chance;
        int best = -1;
        double least = Double.POSITIVE_INFINITY;
        double tied = 0;
        for (int i = 0; i < members.length; i++) {
            if (!request.mayUse(states[i])) {
                continue;
            }
            double cost = (double) measure.load(states[i], nowNanos, probing) / weights[i];
            if (cost < least) {
                best = i;
                least = cost;
                tied = weights[i];
            } else if (cost == least) {
                tied += weights[i];
                ties = ties * LCG_FACTOR + LCG_STEP;
                if ((ties >>> 11) * 0x1p-53 * tied < weights[i]) {
                    best = i;
                }
            }
        }
        return best;
    }

    /** The best of four distinct members, all equally likely; of equals the first drawn. */
    private int ofFour(long chance, long nowNanos, boolean probing, PickRequest request) {
        int n = members.length;
        int a = below(n, chance);
        int b = below(n - 1, chance >>> 32);
        /* Numbers below n − 1, n − 2 and n − 3 name what is left once those drawn are taken out. */
        b += b >= a ? 1 : 0;
        long more = random.nextLong();
        int low = Math.min(a, b);
        int high = Math.max(a, b);
        int c = below(n - 2, more);
        c += c >= low ? 1 : 0;
        c += c >= high ? 1 : 0;
        int d = below(n - 3, more >>> 32);
        d += d >= Math.min(low, c) ? 1 : 0;
        d += d >= Math.max(low, Math.min(high, c)) ? 1 : 0;
        d += d >= Math.max(high, c) ? 1 : 0;
        PickRequest retry = request.first() ? null : request;
        long least =
                lower(
                        lower(
                                drawn(a, 0, nowNanos, probing, retry),
                                drawn(b, 1, nowNanos, probing, retry)),
                        lower(
                                drawn(c, 2, nowNanos, probing, retry),
                                drawn(d, 3, nowNanos, probing, retry)));
        return least == Long.MAX_VALUE ? -1 : (int) least & ((1 << DRAW_SHIFT) - 1);
    }

    /** A draw as one number: its load above its turn above its index. */
    private long drawn(
            int i, long turn, long nowNanos, boolean probing, @Nullable PickRequest retry) {
        return retry == null || retry.mayUse(states[i])
                ? loadBits(i, nowNanos, probing) << 32 | turn << DRAW_SHIFT | i
                : Long.MAX_VALUE;
    }

    /** Of two numbers that are not negative, without the branch that Math.min becomes here. */
    private static long lower(long a, long b) {
        return a + ((b - a) & ((b - a) >> 63));
    }

    /**
     * The best of four members drawn in proportion to their weights, fewer when one member is so
     * heavy that it keeps being drawn; of equals the first drawn. Drawn evenly, a member of half
     * the weight among a hundred would be seen by 4 % of the picks only.
     */
    private int ofFew(AliasTable table, long nowNanos, boolean probing, PickRequest request) {
        int best = -1;
        double least = Double.POSITIVE_INFINITY;
        int a = -1;
        int b = -1;
        int c = -1;
        for (int tries = 0; tries < 8; tries++) {
            int i = table.draw(random.nextLong());
            if (i == a || i == b || i == c || !request.mayUse(states[i])) {
                continue;
            }
            double cost = (double) measure.load(states[i], nowNanos, probing) / weights[i];
            if (cost < least) {
                best = i;
                least = cost;
            }
            if (c >= 0) {
                break;
            }
            c = b;
            b = a;
            a = i;
        }
        return best;
    }

    /** A number from 0 to bound − 1 from 32 random bits. */
    private static int below(int bound, long bits) {
        return (int) (((bits & 0xFFFF_FFFFL) * bound) >>> 32);
    }
}
