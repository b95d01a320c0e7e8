package io.sluice.balance;

import io.sluice.upstream.EndpointSet;
import io.sluice.upstream.EndpointState;
import java.util.random.RandomGenerator;

/**
 * The endpoint with the least (requests in flight + 1) ÷ weight. One with nothing in flight comes
 * before all that have, whatever the weights.
 */
final class LeastConnections implements Balancer {

    private final RandomGenerator random;

    LeastConnections(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public Picker picker(EndpointSet endpoints) {
        return new LeastLoadedPicker(Pool.usable(endpoints), LeastConnections::load, random);
    }

    static float load(EndpointState state, long nowNanos, boolean probing) {
        int inFlight = state.inFlight();
        return inFlight == 0 ? 0 : inFlight + 1;
    }
}
