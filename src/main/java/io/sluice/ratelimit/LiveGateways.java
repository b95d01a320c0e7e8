package io.sluice.ratelimit;

import java.util.function.IntSupplier;

/**
 * How many gateways share the limits, as the shared store last said. The number is kept while the
 * store is away: that is when it is needed. Until it was first heard it is 1.
 *
 * <p>Safe for any number of threads; one at a time hears.
 */
public final class LiveGateways implements IntSupplier {

    private static final long NONE = -1;

    private volatile int count = 1;
    private volatile long resets = NONE;

    /**
     * Takes in what the store said.
     *
     * @param alive how many gateways it knows, this one among them; below 1 counts as 1
     * @param known whether it still knew this one from before
     * @param resetsSoFar how often a bucket was reset by anybody
     * @return whether what was learned of buckets before may be wrong: one was reset, or the store
     *     lost what it knew; at first it is, as requests may have come before
     */
    public boolean heard(int alive, boolean known, long resetsSoFar) {
        long before = resets;
        count = Math.max(1, alive);
        resets = resetsSoFar;
        return !known || before != resetsSoFar;
    }

    @Override
    public int getAsInt() {
        return count;
    }
}
