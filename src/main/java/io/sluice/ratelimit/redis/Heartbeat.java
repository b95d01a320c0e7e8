package io.sluice.ratelimit.redis;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.sluice.ratelimit.LiveGateways;
import io.sluice.ratelimit.SharedBuckets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells Redis once a second that this gateway lives, and hears how many do: a gateway that must
 * decide alone gives its share of a limit. One that has not been heard of for three seconds does
 * not count; one that ends says so.
 *
 * <p>The same call hears of buckets that somebody reset and of a Redis that lost its buckets; what
 * is remembered of them is forgotten then.
 */
public final class Heartbeat implements AutoCloseable {

    /** Share one slot of a Cluster, and no name with a bucket: no identity is called sluice. */
    static final String GATEWAYS = "ratelimit:{sluice}:gateways";

    static final String RESETS = "ratelimit:{sluice}:resets";

    private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final byte[] LIFE = DecideScript.ascii("3000");
    private static final long FAREWELL_MILLIS = 250;

    private final RedisLink link;
    private final SharedBuckets shared;
    private final LiveGateways live;
    private final byte[] id;
    private final byte[] script = Scripts.text("heartbeat.lua");
    private final byte[][] keys = {DecideScript.ascii(GATEWAYS), DecideScript.ascii(RESETS)};
    private volatile boolean closed;

    /**
     * @param id this gateway's own name, which no other has
     */
    public Heartbeat(RedisStore store, SharedBuckets shared, LiveGateways live, String id) {
        this.link = store.link();
        this.shared = shared;
        this.live = live;
        this.id = DecideScript.ascii(id);
    }

    /** Begins to beat. */
    public Heartbeat start() {
        beat();
        return this;
    }

    private void beat() {
        if (closed) {
            return;
        }
        // A store that was away comes back without traffic too.
        shared.probeIfDue();
        ask().orTimeout(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete(
                        (reply, failure) -> {
                            if (failure == null) {
                                hear(reply);
                            } else {
                                log.debug("Redis was not told that this gateway lives", failure);
                            }
                            again();
                        });
    }

    private CompletableFuture<List<Object>> ask() {
        RedisClusterAsyncCommands<byte[], byte[]> commands = link.commands();
        if (commands == null) {
            return CompletableFuture.failedFuture(new TimeoutException("not connected yet"));
        }
        try {
            CompletionStage<List<Object>> reply =
                    commands.eval(script, ScriptOutputType.MULTI, keys, id, LIFE);
            return reply.toCompletableFuture();
        } catch (RuntimeException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private void hear(List<Object> reply) {
        int alive = (int) DecideScript.number(reply, 0);
        boolean known = DecideScript.number(reply, 1) == 0;
        if (live.heard(alive, known, DecideScript.number(reply, 2))) {
            shared.forgetAll();
        }
    }

    private void again() {
        try {
            link.after(INTERVAL.toNanos(), this::beat);
        } catch (RejectedExecutionException ended) {
            log.trace("The connection to Redis is closed", ended);
        }
    }

    /** Says once that this gateway ends, and waits a moment for that to be sent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        RedisClusterAsyncCommands<byte[], byte[]> commands = link.commands();
        if (commands == null) {
            return;
        }
        try {
            boolean said = commands.zrem(keys[0], id).await(FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
            log.debug("Redis was told that this gateway ends: {}", said);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException refused) {
            log.debug("Redis was not told that this gateway ends", refused);
        }
    }
}
