package io.sluice.reload.redis;

import io.lettuce.core.KeyValue;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.sluice.ratelimit.redis.RedisLink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What each gateway says of itself, one small key each that goes by itself when its gateway does,
 * and a set of their names. All share one slot of a Cluster with the heartbeat. Never blocks.
 */
public final class RedisFleet implements AutoCloseable {

    private static final String PREFIX = "ratelimit:{sluice}:configuration";
    private static final byte[] MEMBERS = bytes(PREFIX + "s");
    private static final long SET_LIFE_SECONDS = Duration.ofDays(1).toSeconds();

    private final RedisLink link;
    private final byte[] id;
    private final long lifeMillis;
    private final long limitMillis;

    /**
     * @param link closed with this
     * @param id this gateway's own name, which no other has
     * @param life how long what was said holds
     * @param limit how long an answer may take
     */
    public RedisFleet(RedisLink link, String id, Duration life, Duration limit) {
        this.link = link;
        this.id = bytes(id);
        this.lifeMillis = life.toMillis();
        this.limitMillis = limit.toMillis();
    }

    /** Says this of this gateway; to be repeated within its life. */
    public CompletionStage<?> tell(String text) {
        RedisClusterAsyncCommands<byte[], byte[]> commands = link.commands();
        if (commands == null) {
            return notConnected();
        }
        commands.sadd(MEMBERS, id);
        commands.expire(MEMBERS, SET_LIFE_SECONDS);
        return commands.psetex(key(id), lifeMillis, bytes(text)).toCompletableFuture();
    }

    /** What each gateway that is there says of itself. */
    public CompletableFuture<List<String>> all() {
        RedisClusterAsyncCommands<byte[], byte[]> commands = link.commands();
        if (commands == null) {
            return notConnected();
        }
        return commands.smembers(MEMBERS)
                .toCompletableFuture()
                .thenCompose(members -> said(commands, members))
                .orTimeout(limitMillis, TimeUnit.MILLISECONDS);
    }

    private static CompletionStage<List<String>> said(
            RedisClusterAsyncCommands<byte[], byte[]> commands, Set<byte[]> members) {
        List<byte[]> ids = new ArrayList<>(members);
        if (ids.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        byte[][] keys = ids.stream().map(RedisFleet::key).toArray(byte[][]::new);
        return commands.mget(keys).thenApply(values -> living(commands, ids, values));
    }

    /** Members whose key has gone are taken out of the set. */
    private static List<String> living(
            RedisClusterAsyncCommands<byte[], byte[]> commands,
            List<byte[]> ids,
            List<KeyValue<byte[], byte[]>> values) {
        List<String> living = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i).hasValue()) {
                living.add(new String(values.get(i).getValue(), StandardCharsets.UTF_8));
            } else {
                commands.srem(MEMBERS, ids.get(i));
            }
        }
        return living;
    }

    private static <T> CompletableFuture<T> notConnected() {
        return CompletableFuture.failedFuture(new TimeoutException("not connected yet"));
    }

    private static byte[] key(byte[] id) {
        return bytes(PREFIX + ":" + new String(id, StandardCharsets.UTF_8));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Takes back what it said. */
    @Override
    public void close() {
        RedisClusterAsyncCommands<byte[], byte[]> commands = link.commands();
        if (commands != null) {
            try {
                commands.srem(MEMBERS, id);
                commands.del(key(id)).await(limitMillis, TimeUnit.MILLISECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException refused) {
                // It goes by itself.
            }
        }
        link.close();
    }
}
