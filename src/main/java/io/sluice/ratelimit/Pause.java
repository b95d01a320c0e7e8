package io.sluice.ratelimit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs something once, after a time. Safe for any number of threads; never blocks. */
@FunctionalInterface
public interface Pause {

    /** Runs the task, which throws nothing, so many nanoseconds later or soon after that. */
    void after(long nanos, Runnable task);

    /** Done after so many nanoseconds. */
    default CompletableFuture<Void> last(long nanos) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        after(nanos, () -> over.complete(null));
        return over;
    }

    /** On a thread that the whole process shares. */
    static Pause timed() {
        return (nanos, task) ->
                CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, Runnable::run)
                        .execute(task);
    }
}
