package io.sluice.balance;

import io.sluice.upstream.EndpointSet;
import java.util.random.RandomGenerator;

/**
 * One client, one endpoint: the key is the hash of the client's canonical address ({@link
 * HashKeys}). Unlike nginx's {@code ip_hash} it looks the key up on a hash ring, so a change of the
 * set moves about 1/n of the clients instead of nearly all. A request whose client has no address
 * takes its turn by round robin.
 */
final class IpHash implements Balancer {

    private final Balancer ring;

    IpHash(int virtualNodes, RandomGenerator random) {
        this.ring =
                new RingBalancer(virtualNodes, BalancerSettings.UNBOUNDED, new RoundRobin(random));
    }

    @Override
    public Picker picker(EndpointSet endpoints) {
        return ring.picker(endpoints);
    }
}
