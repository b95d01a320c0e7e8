package io.sluice.auth.redis;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.sluice.auth.RevocationStore;
import io.sluice.ratelimit.redis.RedisLink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Revocations as plain Redis keys, written by whoever revokes, with the end of the token as their
 * own: {@code SET rev:{ISSUER}:jti:ID 1 EX 3600}. One MGET a question. Thread-safe; never blocks.
 */
public final class RedisRevocations implements RevocationStore, AutoCloseable {

    private final RedisLink link;
    private final long timeoutNanos;

    /**
     * @param link the connection; closed with this store
     * @param timeout how long an answer may take
     */
    public RedisRevocations(RedisLink link, Duration timeout) {
        this.link = link;
        this.timeoutNanos = timeout.toNanos();
    }

    @Override
    public CompletionStage<List<@Nullable String>> values(List<String> names) {
        RedisClusterAsyncCommands<byte[], byte[]> commands = link.commands();
        if (commands == null) {
            return CompletableFuture.failedFuture(new RedisException("not connected yet"));
        }
        byte[][] keys =
                names.stream()
                        .map(name -> name.getBytes(StandardCharsets.UTF_8))
                        .toArray(byte[][]::new);
        return commands.mget(keys)
                .toCompletableFuture()
                .thenApply(RedisRevocations::texts)
                .orTimeout(timeoutNanos, TimeUnit.NANOSECONDS);
    }

    private static List<@Nullable String> texts(List<KeyValue<byte[], byte[]>> found) {
        List<@Nullable String> texts = new ArrayList<>(found.size());
        for (KeyValue<byte[], byte[]> one : found) {
            texts.add(one.hasValue() ? new String(one.getValue(), StandardCharsets.UTF_8) : null);
        }
        return texts;
    }

    @Override
    public void renew() {
        link.renew();
    }

    @Override
    public void close() {
        link.close();
    }
}
