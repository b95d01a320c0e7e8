package io.sluice.balance;

import io.sluice.upstream.EndpointSet.Member;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** Picks of several threads, over pickers that share a turn, are as if made one after the other. */
public class RoundRobinLincheckTest {

    private final Turn turn = new Turn(5);
    private final Member[] members = new Fleet().weighted(2, 1, 1).members().toArray(Member[]::new);
    private final Picker even = new CyclePicker(members, turn);
    private final Picker weighted =
            new CyclePicker(members, SmoothCycle.of(new int[] {2, 1, 1}), turn);

    @Operation
    public String pick() {
        return even.pick(PickRequest.UNKEYED, 0).state().id();
    }

    @Operation
    public String pickWeighted() {
        return weighted.pick(PickRequest.UNKEYED, 0).state().id();
    }

    @Test
    void pick_everyInterleaving_isLinearizable() {
        new ModelCheckingOptions()
                .iterations(8)
                .invocationsPerIteration(150)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(0)
                .actorsAfter(1)
                .check(RoundRobinLincheckTest.class);
    }
}
