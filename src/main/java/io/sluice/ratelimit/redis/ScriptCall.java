package io.sluice.ratelimit.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.sluice.ratelimit.BucketUnavailableException;
import io.sluice.ratelimit.Demand;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs the script for one decision; nothing is sent once its time is over. */
final class ScriptCall {

    /** How often a call is repeated because the keys of its slot are being moved. */
    private static final int TRIES_WHILE_MOVING = 3;

    private final RedisClusterAsyncCommands<byte[], byte[]> commands;
    private final DecideScript script;
    private final Consumer<List<Demand>> begins;
    private final BooleanSupplier over;
    private final Supplier<CompletableFuture<Void>> pause;

    /**
     * @param begins told of the buckets of each call before it is sent
     * @param over whether the decision's time is over
     * @param pause what lies before a call is repeated for keys that are being moved
     */
    ScriptCall(
            RedisClusterAsyncCommands<byte[], byte[]> commands,
            DecideScript script,
            Consumer<List<Demand>> begins,
            BooleanSupplier over,
            Supplier<CompletableFuture<Void>> pause) {
        this.commands = commands;
        this.script = script;
        this.begins = begins;
        this.over = over;
        this.pause = pause;
    }

    boolean isOver() {
        return over.getAsBoolean();
    }

    CompletableFuture<DecideScript.Reply> run(List<Demand> demands, long permits) {
        byte[][] keys = DecideScript.keys(demands);
        byte[][] arguments = DecideScript.arguments(demands, permits);
        begins.accept(demands);
        return send(keys, arguments, TRIES_WHILE_MOVING)
                .thenApply(numbers -> DecideScript.reply(demands, permits, numbers));
    }

    private CompletableFuture<List<Object>> send(byte[][] keys, byte[][] arguments, int tries) {
        return commands.<List<Object>>evalsha(script.sha(), ScriptOutputType.MULTI, keys, arguments)
                .toCompletableFuture()
                .exceptionallyCompose(failure -> again(cause(failure), keys, arguments, tries));
    }

    /** What was refused took nothing, and is asked again: with the text, or after a moment. */
    private CompletableFuture<List<Object>> again(
            Throwable failure, byte[][] keys, byte[][] arguments, int tries) {
        if (failure instanceof RedisNoScriptException) {
            return isOver() ? tooLate(failure) : sendText(keys, arguments);
        }
        if (tries > 0 && isMoving(failure) && !isOver()) {
            return pause.get()
                    .thenCompose(
                            passed ->
                                    isOver() ? tooLate(failure) : send(keys, arguments, tries - 1));
        }
        return CompletableFuture.failedFuture(named(failure));
    }

    private CompletableFuture<List<Object>> sendText(byte[][] keys, byte[][] arguments) {
        return commands.<List<Object>>eval(script.text(), ScriptOutputType.MULTI, keys, arguments)
                .toCompletableFuture()
                .exceptionallyCompose(
                        second -> CompletableFuture.failedFuture(named(cause(second))));
    }

    private static CompletableFuture<List<Object>> tooLate(Throwable failure) {
        return CompletableFuture.failedFuture(
                new TimeoutException("the time is over after: " + failure.getMessage()));
    }

    static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /** Tells a bucket that cannot be had from a server that cannot be used. */
    private static Throwable named(Throwable failure) {
        if (isMoving(failure)) {
            return new BucketUnavailableException("the Cluster is moving its slot", failure);
        }
        return says(failure, "WRONGTYPE") || says(failure, "SLUICE")
                ? new BucketUnavailableException("what Redis keeps there is no bucket", failure)
                : failure;
    }

    /** Of two keys, one is there and one is not; or more redirections than Lettuce follows. */
    private static boolean isMoving(Throwable failure) {
        return says(failure, "TRYAGAIN") || says(failure, "MOVED ") || says(failure, "ASK ");
    }

    private static boolean says(Throwable failure, String word) {
        String message = failure.getMessage();
        return failure instanceof RedisCommandExecutionException
                && message != null
                && message.contains(word);
    }
}
