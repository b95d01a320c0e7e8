package io.sluice.balance;

import java.util.Arrays;

/**
 * A circle of hash values on which every node owns the arcs that end at its points. A key belongs
 * to the owner of the first point at or after the key's hash. Where a node's points lie depends on
 * its id alone, so adding or removing a node moves exactly the keys that it gains or loses.
 *
 * <p>A point is one {@code long}: 43 bits of hash above 20 bits of the owner's index, sorted. An
 * index over the leading bits, one entry per point, makes a look-up two or three memory reads at
 * any size; it also makes the build a counting sort, linear in the points. 12 to 16 bytes a point.
 *
 * <p>Sources: D. Karger et al. 1997; ketama 2007 for the number of points. Immutable.
 */
final class HashRing {

    private static final int OWNER_BITS = 20;
    private static final long OWNER_MASK = (1L << OWNER_BITS) - 1;

    private final String[] ids;
    private final int[] pointsPerNode;
    private final long[] points;
    private final int[] firstAtOrAfter;
    private final int indexShift;

    private HashRing(String[] ids, int[] pointsPerNode) {
        this.ids = ids;
        this.pointsPerNode = pointsPerNode;
        long[] unsorted = unsortedPoints();
        int indexBits = 32 - Integer.numberOfLeadingZeros(unsorted.length - 1);
        this.indexShift = 63 - indexBits;
        this.firstAtOrAfter = new int[1 << indexBits];
        this.points = sortByBucket(unsorted);
    }

    /**
     * @param ids distinct; equal hashes go to the id that comes first, so the order matters in that
     *     one case and should be the ids' own
     * @param pointsPerNode at least 1 for each id
     */
    static HashRing of(String[] ids, int[] pointsPerNode) {
        if (ids.length == 0 || ids.length > OWNER_MASK) {
            throw new IllegalArgumentException(
                    "ids: " + ids.length + " (expected: 1 to " + OWNER_MASK + ")");
        }
        return new HashRing(ids, pointsPerNode);
    }

    boolean isOf(String[] otherIds, int[] otherPoints) {
        return Arrays.equals(ids, otherIds) && Arrays.equals(pointsPerNode, otherPoints);
    }

    int size() {
        return points.length;
    }

    /** The index of the id that owns a hash. */
    int owner(long hash) {
        /* Owner bits 0 come before every owner of the same hash. */
        long key = (hash >>> 1) & ~OWNER_MASK;
        int i = firstAtOrAfter[(int) (key >>> indexShift)];
        while (i < points.length && points[i] < key) {
            i++;
        }
        return (int) (points[i < points.length ? i : 0] & OWNER_MASK);
    }

    /**
     * Who owns how much, for people to look at.
     *
     * @param sectors number of places, evenly spread over the circle, whose owners are listed
     */
    RingShape shape(int sectors) {
        int[] owners = new int[sectors];
        for (int i = 0; i < sectors; i++) {
            owners[i] = owner(Long.divideUnsigned(-1L, sectors) * i);
        }
        double[] owned = new double[ids.length];
        double circle = Math.scalb(1.0, Long.SIZE - 1);
        long before = points[points.length - 1] & ~OWNER_MASK;
        for (long point : points) {
            long at = point & ~OWNER_MASK;
            owned[(int) (point & OWNER_MASK)] += ((at - before) & Long.MAX_VALUE) / circle;
            before = at;
        }
        if (points.length == 1) {
            owned[0] = 1;
        }
        return new RingShape(ids, owned, owners);
    }

    private long[] unsortedPoints() {
        int total = 0;
        for (int count : pointsPerNode) {
            total = Math.addExact(total, count);
        }
        long[] unsorted = new long[total];
        int next = 0;
        for (int node = 0; node < ids.length; node++) {
            long seed = HashKeys.of(ids[node]);
            for (int v = 0; v < pointsPerNode[node]; v++) {
                unsorted[next++] = ((Xxh64.hash(v, seed) >>> 1) & ~OWNER_MASK) | node;
            }
        }
        return unsorted;
    }

    /**
     * A counting sort by the leading bits. Hashes are spread evenly, so a bucket holds about one
     * point, and the insertion sort that follows hardly moves anything.
     */
    private long[] sortByBucket(long[] unsorted) {
        int[] bounds = firstAtOrAfter;
        for (long point : unsorted) {
            bounds[(int) (point >>> indexShift)]++;
        }
        int sum = 0;
        for (int bucket = 0; bucket < bounds.length; bucket++) {
            sum += bounds[bucket];
            bounds[bucket] = sum;
        }
        /* Filling every bucket from its end turns the ends into the beginnings that look-ups need. */
        long[] sorted = new long[unsorted.length];
        for (long point : unsorted) {
            sorted[--bounds[(int) (point >>> indexShift)]] = point;
        }
        for (int i = 1; i < sorted.length; i++) {
            long point = sorted[i];
            int at = i;
            for (; at > 0 && sorted[at - 1] > point; at--) {
                sorted[at] = sorted[at - 1];
            }
            sorted[at] = point;
        }
        return sorted;
    }
}
