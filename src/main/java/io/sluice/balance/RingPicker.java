package io.sluice.balance;

import io.sluice.upstream.EndpointSet;
import io.sluice.upstream.EndpointSet.Member;
import io.sluice.upstream.EndpointState;
import org.jspecify.annotations.Nullable;

/**
 * Picks by key from a ring that keeps the places of unusable members, so that their keys come back
 * to them exactly.
 *
 * <p>A key whose member cannot take it (unusable, tried, or above its load bound) goes on along a
 * sequence of its own: some further hashes looked up on the same ring, so that weights count, and
 * then a walk through all members in an order of its own. The keys of one failed member so spread
 * over all others instead of flooding its neighbour, and no other key moves.
 *
 * <p>The load bound of a member is its share by weight of {@code loadBound} × (requests in flight +
 * 1), rounded up; source: V. Mirrokni et al., arXiv 1608.01350, with the spreading of arXiv
 * 1908.08762. When no member is below its bound the least loaded one is picked.
 */
final class RingPicker implements Picker {

    private static final int REHASHES = 16;
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private final EndpointSet set;
    private final Member[] members;
    private final EndpointState[] states;
    private final int[] weights;
    private final HashRing ring;
    private final double boundPerWeight;
    private final Picker unkeyed;

    /**
     * @param pool all members with a place on the ring, usable or not; at least one is usable
     * @param loadBound above 1; infinite for none
     * @param unkeyed picks for requests without a key
     */
    RingPicker(EndpointSet set, Pool pool, HashRing ring, double loadBound, Picker unkeyed) {
        this.set = set;
        this.members = pool.members();
        this.states = new EndpointState[members.length];
        for (int i = 0; i < members.length; i++) {
            states[i] = members[i].state();
        }
        this.weights = pool.weights();
        this.ring = ring;
        double usableWeight = 0;
        for (int i = 0; i < members.length; i++) {
            usableWeight += members[i].usable() ? weights[i] : 0;
        }
        this.boundPerWeight = loadBound / usableWeight;
        this.unkeyed = unkeyed;
    }

    @Override
    public @Nullable Member pick(PickRequest request, long nowNanos) {
        if (!request.keyed()) {
            return unkeyed.pick(request, nowNanos);
        }
        double perWeight =
                boundPerWeight == Double.POSITIVE_INFINITY
                        ? boundPerWeight
                        : boundPerWeight * (set.inFlight() + 1);
        long hash = mixed(request.keyHash());
        for (int i = 0; i <= REHASHES; i++) {
            int at = ring.owner(hash);
            if (mayUse(at, request) && hasRoom(at, perWeight)) {
                return members[at];
            }
            hash = mixed(hash + GOLDEN);
        }
        return walk(hash, perWeight, request);
    }

    @Override
    public RingShape ring(int sectors) {
        return ring.shape(sectors);
    }

    /** Every member once: an odd step through a power of two meets each number below it. */
    private @Nullable Member walk(long hash, double perWeight, PickRequest request) {
        int mask = Math.max(1, Integer.highestOneBit(members.length - 1) * 2) - 1;
        int at = (int) (hash >>> 32) & mask;
        int step = (int) hash | 1;
        int least = -1;
        double leastLoad = Double.POSITIVE_INFINITY;
        for (int i = 0; i <= mask; i++, at = (at + step) & mask) {
            if (at >= members.length || !mayUse(at, request)) {
                continue;
            }
            if (hasRoom(at, perWeight)) {
                return members[at];
            }
            double load = (double) states[at].inFlight() / weights[at];
            if (load < leastLoad) {
                least = at;
                leastLoad = load;
            }
        }
        return least < 0 ? null : members[least];
    }

    private boolean mayUse(int at, PickRequest request) {
        return members[at].usable() && request.mayUse(states[at]);
    }

    /** Whether one more request keeps the member within its bound; 1 is always within. */
    private boolean hasRoom(int at, double perWeight) {
        if (perWeight == Double.POSITIVE_INFINITY) {
            return true;
        }
        int inFlight = states[at].inFlight();
        return inFlight == 0 || inFlight < Math.ceil(perWeight * weights[at]);
    }

    /** The finalizer of SplitMix64: keys that were no good hashes become so. */
    static long mixed(long hash) {
        long z = (hash ^ (hash >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }
}
