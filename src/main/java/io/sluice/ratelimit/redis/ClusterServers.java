package io.sluice.ratelimit.redis;

import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.sluice.ratelimit.Demand;
import io.sluice.ratelimit.Probe;
import io.sluice.ratelimit.RateLimitStore;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which masters a Cluster has and which buckets are whose, as last heard. Thread-safe. */
final class ClusterServers {

    /** Whose slots nobody has. */
    static final String NOBODY = "no master";

    /** Each number's bucket lies in a slot of its own: a master with few slots is found too. */
    private static final int MOST_TRIES = 1 << 17;

    private final Supplier<@Nullable Partitions> partitions;

    /**
     * @param partitions what is known, or {@code null} before the first connection
     */
    ClusterServers(Supplier<@Nullable Partitions> partitions) {
        this.partitions = partitions;
    }

    Set<String> all() {
        Partitions known = partitions.get();
        Set<String> all = new HashSet<>();
        if (known != null) {
            for (RedisClusterNode node : known) {
                if (node.getRole().isUpstream() && !node.hasNoSlots()) {
                    all.add(name(node));
                }
            }
        }
        return all.isEmpty() ? Set.of(RateLimitStore.ONLY) : all;
    }

    Set<String> of(List<Demand> demands) {
        String first = of(demands.get(0));
        if (demands.size() == 1) {
            return Set.of(first);
        }
        Set<String> servers = new HashSet<>();
        demands.forEach(demand -> servers.add(of(demand)));
        return servers;
    }

    String of(Demand demand) {
        Partitions known = partitions.get();
        if (known == null) {
            return RateLimitStore.ONLY;
        }
        RedisClusterNode node = known.getMasterBySlot(SlotHash.getSlot(demand.bucket()));
        return node == null ? NOBODY : name(node);
    }

    /** What is asked of this server to find out whether it answers; empty when it has no slots. */
    List<Demand> probe(String server) {
        for (int number = 0; number < MOST_TRIES; number++) {
            List<Demand> demands = Probe.demands(number);
            if (of(demands.get(0)).equals(server)) {
                return demands;
            }
        }
        return List.of();
    }

    private static String name(RedisClusterNode node) {
        return node.getUri().getHost() + ":" + node.getUri().getPort();
    }
}
