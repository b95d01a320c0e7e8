package io.sluice.ratelimit.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.sluice.ratelimit.Demand;
import io.sluice.ratelimit.UnreadableBucketException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Runs the script for one decision; nothing is sent once its time is over. */
final class ScriptCall {

    private final RedisClusterAsyncCommands<byte[], byte[]> commands;
    private final DecideScript script;
    private final BooleanSupplier over;

    /**
     * @param over whether the decision's time is over
     */
    ScriptCall(
            RedisClusterAsyncCommands<byte[], byte[]> commands,
            DecideScript script,
            BooleanSupplier over) {
        this.commands = commands;
        this.script = script;
        this.over = over;
    }

    boolean isOver() {
        return over.getAsBoolean();
    }

    CompletableFuture<DecideScript.Reply> run(List<Demand> demands, long permits) {
        byte[][] keys = DecideScript.keys(demands);
        byte[][] arguments = DecideScript.arguments(demands, permits);
        return commands.<List<Object>>evalsha(script.sha(), ScriptOutputType.MULTI, keys, arguments)
                .toCompletableFuture()
                .exceptionallyCompose(failure -> again(failure, keys, arguments))
                .thenApply(numbers -> DecideScript.reply(demands, permits, numbers));
    }

    /**
     * A server that does not know the script took nothing: it is asked once more, with the text.
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
        return commands.<List<Object>>eval(script.text(), ScriptOutputType.MULTI, keys, arguments)
                .toCompletableFuture()
                .exceptionallyCompose(
                        second -> CompletableFuture.failedFuture(named(cause(second))));
    }

    static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /** Tells a bucket that cannot be read from a server that cannot be used. */
    private static Throwable named(Throwable failure) {
        @Nullable String message = failure.getMessage();
        boolean unreadable =
                failure instanceof RedisCommandExecutionException
                        && message != null
                        && (message.contains("WRONGTYPE") || message.contains("SLUICE"));
        return unreadable
                ? new UnreadableBucketException("what Redis keeps there is no bucket", failure)
                : failure;
    }
}
