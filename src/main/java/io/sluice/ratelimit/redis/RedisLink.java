package io.sluice.ratelimit.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limiter's own connection. It is opened in the background, again and again until it succeeds
 * once; from then on Lettuce reconnects it. Nobody waits for it.
 */
public final class RedisLink implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
    private static final long FIRST_DELAY_MILLIS = 100;
    private static final long LAST_DELAY_MILLIS = 2_000;

    private final ClientResources resources;
    private final AbstractRedisClient client;
    private final boolean cluster;
    private final Supplier<CompletionStage<RedisClusterAsyncCommands<byte[], byte[]>>> opener;
    private volatile @Nullable RedisClusterAsyncCommands<byte[], byte[]> commands;
    private volatile boolean closed;

    RedisLink(
            ClientResources resources,
            AbstractRedisClient client,
            boolean cluster,
            Supplier<CompletionStage<RedisClusterAsyncCommands<byte[], byte[]>>> opener) {
        this.resources = resources;
        this.client = client;
        this.cluster = cluster;
        this.opener = opener;
    }

    /** Begins to connect. */
    RedisLink open() {
        attempt(FIRST_DELAY_MILLIS);
        return this;
    }

    /** What commands are sent through, or {@code null} before the first connection. */
    @Nullable RedisClusterAsyncCommands<byte[], byte[]> commands() {
        return commands;
    }

    /** Whether keys are spread over a Redis Cluster. */
    boolean cluster() {
        return cluster;
    }

    /**
     * Runs something once, after a time, off the connection's own thread.
     *
     * @throws java.util.concurrent.RejectedExecutionException once this is closed
     */
    void after(long nanos, Runnable task) {
        resources.eventExecutorGroup().schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        closed = true;
        client.shutdown(0, 1, TimeUnit.SECONDS);
        resources.shutdown(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    private void attempt(long delayMillis) {
        if (closed) {
            return;
        }
        opener.get()
                .whenComplete(
                        (connected, failure) -> {
                            if (failure == null) {
                                commands = connected;
                            } else {
                                log.debug("Redis cannot be reached yet", failure);
                                again(delayMillis);
                            }
                        });
    }

    private void again(long delayMillis) {
        if (!closed) {
            resources
                    .eventExecutorGroup()
                    .schedule(
                            () -> attempt(Math.min(LAST_DELAY_MILLIS, delayMillis * 2)),
                            delayMillis,
                            TimeUnit.MILLISECONDS);
        }
    }
}
