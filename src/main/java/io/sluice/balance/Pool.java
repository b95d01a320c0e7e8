package io.sluice.balance;

import io.sluice.upstream.EndpointSet;
import io.sluice.upstream.EndpointSet.Member;
import java.util.List;

/**
 * Members that picks may go to, with the weights that count. A member of weight 0 is drained and is
 * not in it, unless all members have weight 0: then each counts as 1.
 */
record Pool(Member[] members, int[] weights) {

    /** The usable members. */
    static Pool usable(EndpointSet set) {
        return pool(set, false);
    }

    /** All members, usable or not, for algorithms that keep the place of those that are not. */
    static Pool all(EndpointSet set) {
        return pool(set, true);
    }

    private static Pool pool(EndpointSet set, boolean unusableToo) {
        boolean allZero = set.members().stream().allMatch(m -> m.weight() == 0);
        List<Member> kept =
                set.members().stream()
                        .filter(m -> allZero || m.weight() > 0)
                        .filter(m -> unusableToo || m.usable())
                        .toList();
        return new Pool(
                kept.toArray(Member[]::new),
                kept.stream().mapToInt(m -> allZero ? set.weightScale() : m.weight()).toArray());
    }

    int size() {
        return members.length;
    }

    boolean equalWeights() {
        for (int weight : weights) {
            if (weight != weights[0]) {
                return false;
            }
        }
        return true;
    }
}
