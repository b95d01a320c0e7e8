package io.sluice.balance;

import io.sluice.upstream.EndpointSet;
import io.sluice.upstream.EndpointSet.Member;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Each endpoint as often as its weight, spread as evenly as can be: nginx's smooth order, worked
 * out beforehand ({@link SmoothCycle}), so that a pick is one atomic addition and one array read.
 * Weights whose cycle would be too long go to {@link StridePicker}.
 */
final class WeightedRoundRobin implements Balancer {

    private final Turn turn;

    WeightedRoundRobin(RandomGenerator random) {
        this.turn = Turn.startingAtRandom(random);
    }

    @Override
    public Picker picker(EndpointSet endpoints) {
        Pool pool = Pool.usable(endpoints);
        return picker(pool.members(), pool.weights(), turn);
    }

    /**
     * @param weights positive, one for each member
     */
    static Picker picker(Member[] members, int[] weights, Turn turn) {
        if (Arrays.stream(weights).distinct().count() <= 1) {
            return new CyclePicker(members, turn);
        }
        int[] reduced = SmoothCycle.reduced(weights);
        return SmoothCycle.fits(reduced)
                ? new CyclePicker(members, SmoothCycle.of(reduced), turn)
                : new StridePicker(members, reduced, turn);
    }
}
