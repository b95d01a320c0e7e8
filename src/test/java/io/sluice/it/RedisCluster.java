package io.sluice.it;

import io.lettuce.core.MigrateArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.models.partitions.ClusterPartitionParser;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.sluice.ratelimit.redis.RedisProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A Cluster of masters on this machine, that hand slots to each other. */
final class RedisCluster implements AutoCloseable {

    private static final int SLOTS = 16384;
    private static final long MIGRATE_MILLIS = 20_000;

    private final RedisClient client = RedisClient.create();
    private final List<RedisProcess> nodes;
    private final List<RedisCommands<String, String>> commands = new ArrayList<>();

    private RedisCluster(int size) {
        nodes =
                IntStream.range(0, size)
                        .mapToObj(
                                i ->
                                        RedisProcess.start(
                                                "--cluster-enabled",
                                                "yes",
                                                "--cluster-require-full-coverage",
                                                "no",
                                                "--cluster-config-file",
                                                "nodes.conf"))
                        .toList();
        for (int i = 0; i < size; i++) {
            StatefulRedisConnection<String, String> connection =
                    client.connect(RedisURI.create("127.0.0.1", nodes.get(i).port()));
            RedisCommands<String, String> node = connection.sync();
            node.clusterSetConfigEpoch(i + 1L);
            node.clusterAddSlots(IntStream.range(first(i), first(i + 1)).toArray());
            commands.add(node);
        }
        for (RedisProcess node : nodes.subList(1, size)) {
            commands.get(0).clusterMeet("127.0.0.1", node.port());
        }
        RedisProcess.await(
                () ->
                        commands.stream()
                                .map(RedisCommands::clusterInfo)
                                .allMatch(
                                        info ->
                                                info.contains("cluster_state:ok")
                                                        && info.contains(
                                                                "cluster_known_nodes:" + size)));
    }

    static RedisCluster start(int size) {
        return new RedisCluster(size);
    }

    /** The first slot of a node at the start. */
    private int first(int node) {
        return node * SLOTS / nodes.size();
    }

    /** The nodes' addresses, as Spring's configuration wants them. */
    String addresses() {
        return nodes.stream()
                .map(node -> "\"127.0.0.1:" + node.port() + "\"")
                .collect(Collectors.joining(", "));
    }

    int size() {
        return nodes.size();
    }

    RedisCommands<String, String> node(int number) {
        return commands.get(number);
    }

    void freeze(int number) {
        nodes.get(number).freeze();
    }

    void thaw(int number) {
        nodes.get(number).thaw();
    }

    /** Who has this slot at the start. */
    int owner(int slot) {
        return IntStream.range(0, size())
                .filter(i -> slot < first(i + 1))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Hands a slot over key by key while it is in use, as {@code redis-cli --cluster reshard} does.
     *
     * @param between run after each key
     */
    void move(int slot, int from, int to, Runnable between) {
        RedisCommands<String, String> source = node(from);
        RedisCommands<String, String> target = node(to);
        String sourceId = source.clusterMyId();
        String targetId = target.clusterMyId();
        target.clusterSetSlotImporting(slot, sourceId);
        source.clusterSetSlotMigrating(slot, targetId);
        List<String> keys = source.clusterGetKeysInSlot(slot, 1);
        while (!keys.isEmpty()) {
            source.migrate(
                    "127.0.0.1",
                    nodes.get(to).port(),
                    0,
                    MIGRATE_MILLIS,
                    MigrateArgs.Builder.keys(keys));
            between.run();
            keys = source.clusterGetKeysInSlot(slot, 1);
        }
        target.clusterSetSlotNode(slot, targetId);
        source.clusterSetSlotNode(slot, targetId);
        RedisProcess.await(() -> agreed(slot, targetId));
    }

    /**
     * Whether every node knows the owner, and by the same epoch. A node that moved a slot before it
     * had heard of another's move would take the same epoch, and the slot could fall back.
     */
    private boolean agreed(int slot, String owner) {
        List<RedisClusterNode> seen =
                commands.stream()
                        .map(node -> ClusterPartitionParser.parse(node.clusterNodes()))
                        .map(nodes -> nodes.getPartitionBySlot(slot))
                        .filter(Objects::nonNull)
                        .toList();
        return seen.size() == size()
                && seen.stream().allMatch(node -> node.getNodeId().equals(owner))
                && seen.stream().map(RedisClusterNode::getConfigEpoch).distinct().count() == 1;
    }

    @Override
    public void close() {
        client.shutdown(0, 1, TimeUnit.SECONDS);
        nodes.forEach(RedisProcess::close);
    }
}
