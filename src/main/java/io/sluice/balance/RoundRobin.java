package io.sluice.balance;

import io.sluice.upstream.EndpointSet;
import io.sluice.upstream.EndpointSet.Member;
import java.util.random.RandomGenerator;

/**
 * Each endpoint in turn, weights aside (0 still drains, and slow start still counts). Any k·n picks
 * without a change of the set give every endpoint exactly k, however many threads pick. The turn
 * survives changes of the set and begins at random, so that gateways started together do not march
 * in step.
 */
final class RoundRobin implements Balancer {

    private final Turn turn;

    RoundRobin(RandomGenerator random) {
        this.turn = Turn.startingAtRandom(random);
    }

    @Override
    public Picker picker(EndpointSet endpoints) {
        Member[] members = Pool.usable(endpoints).members();
        if (endpoints.weightScale() == 1) {
            return new CyclePicker(members, turn);
        }
        return WeightedRoundRobin.picker(members, shares(members, endpoints.weightScale()), turn);
    }

    /** How far each member has ramped up, its own weight taken out again. */
    private static int[] shares(Member[] members, int weightScale) {
        int[] shares = new int[members.length];
        for (int i = 0; i < shares.length; i++) {
            int own = Math.max(1, members[i].endpoint().weight());
            shares[i] = Math.max(1, Math.min(weightScale, members[i].weight() / own));
        }
        return shares;
    }
}
