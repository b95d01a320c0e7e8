package io.sluice.ratelimit.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.sluice.ratelimit.Decision;
import io.sluice.ratelimit.Demand;
import io.sluice.ratelimit.RateLimitStore;
import io.sluice.ratelimit.UnreadableBucketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

    private final RedisLink link;
    private final DecideScript script;
    private final long timeoutNanos;
    private final LongSupplier nanoClock;

    /**
     * @param link the connection; closed with this store
     * @param timeout how long a decision may take
     * @param nanoClock a monotonic clock in nanoseconds
     */
    public RedisStore(RedisLink link, Duration timeout, LongSupplier nanoClock) {
        this(link, DecideScript.shipped(), timeout, nanoClock);
    }

    RedisStore(RedisLink link, DecideScript script, Duration timeout, LongSupplier nanoClock) {
        this.link = link;
        this.script = script;
        this.timeoutNanos = timeout.toNanos();
        this.nanoClock = nanoClock;
    }

    @Override
    public CompletionStage<Decision> decide(List<Demand> demands, int permits) {
        RedisClusterAsyncCommands<byte[], byte[]> commands = link.commands();
        if (commands == null) {
            return notConnected();
        }
        Call call = new Call(commands, nanoClock.getAsLong() + timeoutNanos);
        List<List<Demand>> groups = link.cluster() ? groups(demands) : List.of(demands);
        CompletableFuture<DecideScript.Reply> reply =
                groups.size() == 1
                        ? call.run(demands, permits)
                        : new Turns(call, groups).run(permits);
        return reply.thenApply(DecideScript.Reply::decision)
                .orTimeout(timeoutNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public CompletionStage<Boolean> reset(String bucket) {
        RedisClusterAsyncCommands<byte[], byte[]> commands = link.commands();
        if (commands == null) {
            return notConnected();
        }
        return commands.del(DecideScript.ascii(bucket))
                .toCompletableFuture()
                .thenApply(count -> count > 0)
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
    public void close() {
        link.close();
    }

    private static <T> CompletableFuture<T> notConnected() {
        return CompletableFuture.failedFuture(new RedisException("not connected yet"));
    }

    /** One list per identity, and so per slot; what many requests share comes first. */
    private static List<List<Demand>> groups(List<Demand> demands) {
        Map<String, List<Demand>> coarse = new LinkedHashMap<>();
        Map<String, List<Demand>> fine = new LinkedHashMap<>();
        for (Demand demand : demands) {
            (demand.policy().key().coarse() ? coarse : fine)
                    .computeIfAbsent(demand.identity(), identity -> new ArrayList<>(2))
                    .add(demand);
        }
        List<List<Demand>> groups = new ArrayList<>(coarse.values());
        groups.addAll(fine.values());
        return groups;
    }

    /** Runs the script for one decision; nothing is sent once its time is over. */
    private final class Call {

        private final RedisClusterAsyncCommands<byte[], byte[]> commands;
        private final long deadlineNanos;

        Call(RedisClusterAsyncCommands<byte[], byte[]> commands, long deadlineNanos) {
            this.commands = commands;
            this.deadlineNanos = deadlineNanos;
        }

        CompletableFuture<DecideScript.Reply> run(List<Demand> demands, long permits) {
            byte[][] keys = DecideScript.keys(demands);
            byte[][] arguments = DecideScript.arguments(demands, permits);
            return commands.<List<Object>>evalsha(
                            script.sha(), ScriptOutputType.MULTI, keys, arguments)
                    .toCompletableFuture()
                    .exceptionallyCompose(failure -> again(failure, keys, arguments))
                    .thenApply(numbers -> DecideScript.reply(demands, numbers));
        }

        boolean isOver() {
            return nanoClock.getAsLong() - deadlineNanos >= 0;
        }

        /**
         * A server that does not know the script took nothing: it is asked once more, with the
         * text.
         */
        private CompletableFuture<List<Object>> again(
                Throwable failure, byte[][] keys, byte[][] arguments) {
            Throwable cause = cause(failure);
            if (!(cause instanceof RedisNoScriptException)) {
                return CompletableFuture.failedFuture(named(cause));
            }
            if (isOver()) {
                return CompletableFuture.failedFuture(
                        new TimeoutException("the script was unknown, and the time is over"));
            }
            return commands.<List<Object>>eval(
                            script.text(), ScriptOutputType.MULTI, keys, arguments)
                    .toCompletableFuture()
                    .exceptionallyCompose(
                            second -> CompletableFuture.failedFuture(named(cause(second))));
        }
    }

    /** One decision in several calls. */
    private static final class Turns {

        private final Call call;
        private final List<List<Demand>> groups;

        Turns(Call call, List<List<Demand>> groups) {
            this.call = call;
            this.groups = groups;
        }

        CompletableFuture<DecideScript.Reply> run(long permits) {
            return next(0, permits, List.of());
        }

        private CompletableFuture<DecideScript.Reply> next(
                int turn, long permits, List<DecideScript.Reply> before) {
            if (turn == groups.size()) {
                return CompletableFuture.completedFuture(joined(permits, before));
            }
            return call.run(groups.get(turn), permits)
                    .exceptionallyCompose(
                            failure ->
                                    giveBack(before, permits)
                                            .thenCompose(
                                                    done ->
                                                            CompletableFuture.failedFuture(
                                                                    cause(failure))))
                    .thenCompose(reply -> settle(turn, permits, before, reply));
        }

        private CompletableFuture<DecideScript.Reply> settle(
                int turn, long permits, List<DecideScript.Reply> before, DecideScript.Reply reply) {
            CompletableFuture<List<DecideScript.Reply>> earlier =
                    reply.granted() < permits
                            ? giveBack(before, permits - reply.granted())
                            : CompletableFuture.completedFuture(before);
            return earlier.thenCompose(
                    replies -> {
                        List<DecideScript.Reply> all = new ArrayList<>(replies);
                        all.add(reply);
                        return reply.granted() == 0
                                ? CompletableFuture.completedFuture(joined(0, all))
                                : next(turn + 1, reply.granted(), all);
                    });
        }

        /** Gives permits back where they were taken; the replies then say what is left. */
        private CompletableFuture<List<DecideScript.Reply>> giveBack(
                List<DecideScript.Reply> taken, long permits) {
            CompletableFuture<List<DecideScript.Reply>> done =
                    CompletableFuture.completedFuture(new ArrayList<>());
            for (DecideScript.Reply reply : taken) {
                List<Demand> demands =
                        reply.results().stream()
                                .map(r -> r.exceeded() ? r.demand().withCost(0) : r.demand())
                                .toList();
                done =
                        done.thenCombine(
                                call.run(demands, -permits).exceptionally(lost -> reply),
                                (replies, after) -> {
                                    replies.add(after);
                                    return replies;
                                });
            }
            return done;
        }

        private static DecideScript.Reply joined(long granted, List<DecideScript.Reply> replies) {
            return new DecideScript.Reply(
                    granted, replies.stream().flatMap(r -> r.results().stream()).toList());
        }
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /** Tells a bucket that cannot be read from a server that cannot be used. */
    private static Throwable named(Throwable failure) {
        @Nullable String message = failure.getMessage();
        boolean unreadable =
                failure instanceof RedisCommandExecutionException
                        && message != null
                        && (message.contains("WRONGTYPE") || message.startsWith("SLUICE"));
        return unreadable
                ? new UnreadableBucketException("what Redis keeps there is no bucket", failure)
                : failure;
    }
}
