package io.sluice.ratelimit.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.sluice.ratelimit.BucketUnavailableException;
import io.sluice.ratelimit.Deadlines;
import io.sluice.ratelimit.Decision;
import io.sluice.ratelimit.Demand;
import io.sluice.ratelimit.Pause;
import io.sluice.ratelimit.Probe;
import io.sluice.ratelimit.RateLimitStore;
import io.sluice.ratelimit.ServerFailedException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Buckets on Redis, shared by all gateways: one call of {@code decide.lua} per decision, on Redis's
 * own clock, answered within a timeout or failed.
 *
 * <p>On a Cluster the buckets of different identities may lie on different nodes. Then each
 * identity is one call, in turn, those that many requests share first; when a later one denies,
 * what the earlier ones took is given back. In between another request may be denied that would
 * have found room; none is admitted too many.
 *
 * <p>Safe for any number of threads; never blocks.
 */
public final class RedisStore implements RateLimitStore, AutoCloseable {

    /** So that a server that stops costs few wake-ups, and no more than some decisions wait. */
    private static final long LEAST_BETWEEN_SWEEPS_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    /** So that what is answered is not kept. */
    private static final long MOST_BETWEEN_SWEEPS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** While a slot moves, its keys are apart for about as long as it takes to move one. */
    private static final long MOST_BEFORE_TRYING_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final RedisLink link;

    /** Of a Cluster; {@code null} where one server has all buckets. */
    private final @Nullable ClusterServers cluster;

    private final DecideScript script;
    private final long timeoutNanos;
    private final LongSupplier nanoClock;
    private final Deadlines deadlines;
    private final AtomicBoolean sweeping = new AtomicBoolean();

    /**
     * @param link the connection; closed with this store
     * @param timeout how long a decision may take; noticed up to half a millisecond later
     * @param nanoClock a monotonic clock in nanoseconds
     */
    public RedisStore(RedisLink link, Duration timeout, LongSupplier nanoClock) {
        this(link, DecideScript.shipped(), timeout, nanoClock);
    }

    RedisStore(RedisLink link, DecideScript script, Duration timeout, LongSupplier nanoClock) {
        this.link = link;
        this.cluster = link.cluster() ? new ClusterServers(link::partitions) : null;
        this.script = script;
        this.timeoutNanos = timeout.toNanos();
        this.nanoClock = nanoClock;
        this.deadlines = new Deadlines(timeout, nanoClock);
    }

    @Override
    public CompletionStage<Decision> decide(List<Demand> demands, int permits) {
        RedisClusterAsyncCommands<byte[], byte[]> commands = link.commands();
        if (commands == null) {
            return notConnected();
        }
        Pending decision = new Pending();
        long deadline = deadlines.begin(decision);
        sweepSoon();
        ScriptCall call =
                new ScriptCall(
                        commands,
                        script,
                        turn -> decision.server = cluster == null ? ONLY : cluster.of(turn.get(0)),
                        () -> decision.isDone() || nanoClock.getAsLong() - deadline >= 0,
                        this::beforeTryingAgain);
        List<List<Demand>> groups =
                cluster != null && demands.size() > 1
                        ? SlotTurns.groups(demands)
                        : List.of(demands);
        (groups.size() == 1 ? call.run(demands, permits) : new SlotTurns(call, groups).run(permits))
                .whenComplete(decision::end);
        return cluster == null ? decision : decision.exceptionallyCompose(decision::named);
    }

    /** A decision that is not made yet. */
    private static final class Pending extends CompletableFuture<Decision> {

        /** Who is asked at the moment. */
        volatile String server = ONLY;

        void end(DecideScript.@Nullable Reply reply, @Nullable Throwable failure) {
            if (reply != null) {
                complete(reply.decision());
            } else if (failure != null) {
                completeExceptionally(ScriptCall.cause(failure));
            }
        }

        CompletionStage<Decision> named(Throwable failure) {
            return failedFuture(
                    failure instanceof BucketUnavailableException
                            ? failure
                            : new ServerFailedException(server, failure));
        }
    }

    private CompletableFuture<Void> beforeTryingAgain() {
        Pause pause = link::after;
        return pause.last(Math.min(MOST_BEFORE_TRYING_AGAIN_NANOS, timeoutNanos / 8));
    }

    @Override
    public Set<String> servers() {
        return cluster == null ? RateLimitStore.super.servers() : cluster.all();
    }

    @Override
    public Set<String> servers(List<Demand> demands) {
        return cluster == null ? RateLimitStore.super.servers() : cluster.of(demands);
    }

    @Override
    public CompletionStage<Decision> probe(String server) {
        List<Demand> demands = cluster == null ? Probe.demands(0) : cluster.probe(server);
        return demands.isEmpty() ? notConnected() : decide(demands, 1);
    }

    @Override
    public CompletionStage<Boolean> reset(String bucket) {
        RedisClusterAsyncCommands<byte[], byte[]> commands = link.commands();
        if (commands == null) {
            return notConnected();
        }
        return commands.del(DecideScript.ascii(bucket))
                .thenCombine(
                        commands.incr(DecideScript.ascii(Heartbeat.RESETS)),
                        (deleted, resets) -> deleted > 0)
                .toCompletableFuture()
                .orTimeout(timeoutNanos, TimeUnit.NANOSECONDS);
    }

    /** Ends normally when the server has answered within the timeout; takes nothing. */
    public CompletionStage<String> ping() {
        RedisClusterAsyncCommands<byte[], byte[]> commands = link.commands();
        return commands == null
                ? notConnected()
                : commands.ping()
                        .toCompletableFuture()
                        .orTimeout(timeoutNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void abandon(String server) {
        deadlines.failAll(
                call -> call instanceof Pending pending && pending.server.equals(server),
                "Redis does not answer");
    }

    @Override
    public void renew(String server) {
        link.renew();
    }

    RedisLink link() {
        return link;
    }

    @Override
    public void close() {
        link.close();
        deadlines.failAll("the gateway ends");
    }

    private void sweepSoon() {
        if (!sweeping.get() && sweeping.compareAndSet(false, true)) {
            schedule(timeoutNanos);
        }
    }

    private void schedule(long nanos) {
        long within = Math.max(LEAST_BETWEEN_SWEEPS_NANOS, nanos);
        try {
            link.after(Math.min(MOST_BETWEEN_SWEEPS_NANOS, within), this::sweep);
        } catch (RejectedExecutionException closed) {
            sweeping.set(false);
            deadlines.failAll("the gateway ends");
        }
    }

    private void sweep() {
        long next = deadlines.sweep();
        if (next != Deadlines.NONE) {
            schedule(next);
            return;
        }
        sweeping.set(false);
        // A call may have begun before it could see that nobody sweeps.
        if (deadlines.sweep() != Deadlines.NONE) {
            sweepSoon();
        }
    }

    private static <T> CompletableFuture<T> notConnected() {
        return CompletableFuture.failedFuture(new RedisException("not connected yet"));
    }
}
