package io.sluice.ratelimit.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.resource.ClientResources;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A feature's own connection. It is opened in the background, again and again until it succeeds
 * once; from then on Lettuce reconnects it. Nobody waits for it.
 */
public final class RedisLink implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
    private static final long FIRST_DELAY_MILLIS = 100;
    private static final long LAST_DELAY_MILLIS = 2_000;

    private final ClientResources resources;
    private final AbstractRedisClient client;
    private final boolean cluster;
    private final Supplier<CompletionStage<Connected>> opener;
    private final AtomicBoolean renewing = new AtomicBoolean();
    private volatile @Nullable Connected connected;
    private volatile @Nullable String said;
    private volatile boolean closed;

    /**
     * A connection that is kept up.
     *
     * @param connection what is to be closed
     * @param commands what commands are sent through
     */
    record Connected(
            StatefulConnection<byte[], byte[]> connection,
            RedisClusterAsyncCommands<byte[], byte[]> commands) {}

    RedisLink(
            ClientResources resources,
            AbstractRedisClient client,
            boolean cluster,
            Supplier<CompletionStage<Connected>> opener) {
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
    public @Nullable RedisClusterAsyncCommands<byte[], byte[]> commands() {
        Connected now = connected;
        return now == null ? null : now.commands();
    }

    /**
     * Opens a second connection and, once it stands, takes it in place of the first. A connection
     * to a server that stands still does not break, while Sentinel has named another long since.
     * Does nothing while it is about it already. In a Cluster the connections to the other nodes
     * are good: there it asks again who has which slots.
     */
    public void renew() {
        if (client instanceof RedisClusterClient spread) {
            spread.refreshPartitionsAsync();
            return;
        }
        Connected before = connected;
        if (closed || before == null || !renewing.compareAndSet(false, true)) {
            return;
        }
        opened().whenComplete(
                        (fresh, failure) -> {
                            if (failure == null) {
                                connected = fresh;
                                before.connection().closeAsync();
                            } else {
                                log.debug("Redis cannot be reached anew", failure);
                            }
                            renewing.set(false);
                        });
    }

    /** How a Cluster's slots are spread, or {@code null} before the first connection to one. */
    @Nullable Partitions partitions() {
        Connected now = connected;
        return now != null
                        && now.connection() instanceof StatefulRedisClusterConnection<?, ?> spread
                ? spread.getPartitions()
                : null;
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

    private CompletionStage<Connected> opened() {
        try {
            return opener.get();
        } catch (RuntimeException thrown) {
            return CompletableFuture.failedFuture(thrown);
        }
    }

    private void attempt(long delayMillis) {
        if (closed) {
            return;
        }
        opened().whenComplete(
                        (first, failure) -> {
                            if (failure == null) {
                                connected = first;
                            } else {
                                say(failure);
                                again(delayMillis);
                            }
                        });
    }

    /** Once for each reason in a row: a wrong password does not cure itself. */
    private void say(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String reason = root.getClass().getSimpleName() + ": " + root.getMessage();
        if (!reason.equals(said)) {
            said = reason;
            log.warn("Redis cannot be reached, and is tried again: {}", reason);
        }
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
