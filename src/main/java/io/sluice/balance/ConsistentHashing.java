package io.sluice.balance;

import io.sluice.upstream.EndpointSet;
import java.util.random.RandomGenerator;

/**
 * One key, one endpoint, on a hash ring with virtual nodes; with a load bound, no endpoint gets
 * more than that times its share of what is in flight. A request without the key goes by least
 * connections.
 */
final class ConsistentHashing implements Balancer {

    private final Balancer ring;

    ConsistentHashing(BalancerSettings settings, RandomGenerator random) {
        this.ring =
                new RingBalancer(
                        settings.virtualNodes(),
                        settings.loadBound(),
                        new LeastConnections(random));
    }

    @Override
    public Picker picker(EndpointSet endpoints) {
        return ring.picker(endpoints);
    }
}
