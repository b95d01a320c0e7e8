package io.sluice.balance;

import io.sluice.upstream.EndpointSet.Member;

/**
 * How many points each member gets on the ring.
 *
 * <p>A member has {@code virtualNodes} points per unit of its own weight, whatever the others
 * weigh: a change of one weight then moves that member's keys only. (Dividing by the greatest
 * common divisor, as the round robins do, would give all members more points when a first odd
 * weight comes in, and move keys between those that did not change.) Weights far above 1 would fill
 * the memory, so when there would be more than {@value #MOST_POINTS} points, and more than {@code
 * virtualNodes} for each member, the points per unit are halved until that is no longer so; every
 * member keeps at least one. Only crossing such a border moves more keys than it must.
 *
 * <p>While weights are scaled, as during slow start, a unit is still that of the endpoints' own
 * weights ({@link io.sluice.upstream.EndpointSet#weightScale()}): a member that ramps up gains
 * points one by one and the others' points stay.
 */
final class RingTable {

    static final int MOST_POINTS = 1 << 18;

    private RingTable() {}

    static String[] ids(Member[] members) {
        String[] ids = new String[members.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = members[i].state().id();
        }
        return ids;
    }

    /**
     * @param weights positive, in 1/{@code weightScale} of a unit
     */
    static int[] pointsPerMember(int[] weights, int weightScale, int virtualNodes) {
        long most = Math.max(MOST_POINTS, (long) virtualNodes * weights.length);
        for (double perUnit = virtualNodes; ; perUnit /= 2) {
            int[] points = new int[weights.length];
            long total = 0;
            for (int i = 0; i < weights.length; i++) {
                double exact = perUnit * weights[i] / weightScale;
                points[i] = (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.round(exact)));
                total += points[i];
            }
            if (total <= most) {
                return points;
            }
        }
    }
}
