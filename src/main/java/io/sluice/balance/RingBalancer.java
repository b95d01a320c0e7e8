package io.sluice.balance;

import io.sluice.upstream.EndpointSet;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the two hashing algorithms share: the ring, kept from one change to the next as long as ids
 * and weights are the same, so that a health check that flaps costs no rebuild.
 */
final class RingBalancer implements Balancer {

    private final int virtualNodes;
    private final double loadBound;
    private final Balancer unkeyed;
    private @Nullable HashRing last;

    /**
     * @param unkeyed serves requests without a key, which must never all go to one endpoint
     */
    RingBalancer(int virtualNodes, double loadBound, Balancer unkeyed) {
        this.virtualNodes = virtualNodes;
        this.loadBound = loadBound;
        this.unkeyed = unkeyed;
    }

    @Override
    public Picker picker(EndpointSet endpoints) {
        Picker fallback = unkeyed.picker(endpoints);
        Pool pool = Pool.all(endpoints);
        if (Arrays.stream(pool.members()).noneMatch(EndpointSet.Member::usable)) {
            return fallback;
        }
        HashRing ring = ring(pool, endpoints.weightScale());
        return new RingPicker(endpoints, pool, ring, loadBound, fallback);
    }

    private HashRing ring(Pool pool, int weightScale) {
        String[] ids = RingTable.ids(pool.members());
        int[] points = RingTable.pointsPerMember(pool.weights(), weightScale, virtualNodes);
        HashRing ring = last;
        if (ring == null || !ring.isOf(ids, points)) {
            ring = HashRing.of(ids, points);
            last = ring;
        }
        return ring;
    }
}
