package io.sluice.ratelimit;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The store that all gateways share, and what saves calls to it: denials are remembered, requests
 * that ask the same share a call, and nothing is asked of a store that does not answer.
 *
 * <p>Safe for any number of threads; never blocks.
 */
public final class SharedBuckets {

    /** A bucket of its own that is never empty: asking it proves that the store can write. */
    private static final List<Demand> PROBE =
            List.of(
                    new Policy(
                                    "probe",
                                    KeySpec.parse(List.of("global")),
                                    BucketShape.of(1_000_000, 1_000_000, 1_000_000),
                                    1,
                                    OnStoreFailure.OPEN,
                                    false)
                            .demand("sluice"));

    /** A store that left so many probes in a row unanswered is asked over a new connection. */
    private static final int PROBES_PER_CONNECTION = 4;

    private final AtomicInteger probesLost = new AtomicInteger();
    private final RateLimitStore store;
    private final CircuitBreaker breaker;
    private final LongSupplier nanoClock;
    private final Pause pause;
    private final @Nullable Coalescer coalescer;
    private final @Nullable DenyCache denials;

    /**
     * @param store where the buckets are
     * @param breaker guards it
     * @param coalescing whether requests that ask the same share a call
     * @param denials what is remembered of it, or {@code null}
     * @param nanoClock a monotonic clock in nanoseconds, the same as that of {@code denials}
     * @param pause for a call that would come too early
     */
    public SharedBuckets(
            RateLimitStore store,
            CircuitBreaker breaker,
            boolean coalescing,
            @Nullable DenyCache denials,
            LongSupplier nanoClock,
            Pause pause) {
        this.store = store;
        this.breaker = breaker;
        this.nanoClock = nanoClock;
        this.denials = denials;
        this.pause = pause;
        this.coalescer = coalescing ? new Coalescer(this::askInTime) : null;
    }

    /** A denial that is known without a call, or {@code null}. */
    @Nullable Decision denial(List<Demand> demands) {
        return denials == null ? null : denials.denial(demands);
    }

    /** Asks the store; whether the waiter's own call or another's answers is not its concern. */
    void decide(List<Demand> demands, Coalescer.Waiter waiter) {
        if (coalescer != null) {
            coalescer.decide(demands, waiter);
            return;
        }
        ask(demands, 1)
                .whenComplete(
                        (decision, failure) -> {
                            if (failure == null) {
                                waiter.decided(decision);
                            } else {
                                waiter.failed(failure);
                            }
                        });
    }

    /** Whether the store is taken to answer. While it is not, this makes the probe that is due. */
    public boolean answers() {
        if (!breaker.isOpen()) {
            return true;
        }
        if (breaker.probeIsDue()) {
            probe();
        }
        return false;
    }

    /** For no request: nobody waits for it, and a late answer takes no token of anybody. */
    private void probe() {
        ask(PROBE, 1)
                .whenComplete(
                        (decision, failure) -> {
                            if (failure == null) {
                                probesLost.set(0);
                            } else if (probesLost.incrementAndGet() % PROBES_PER_CONNECTION == 0) {
                                store.renew();
                            }
                        });
    }

    boolean isAway() {
        return breaker.isOpen();
    }

    CompletionStage<PolicyResult> peek(Demand demand) {
        return store.peek(demand);
    }

    CompletionStage<Boolean> reset(String bucket) {
        forget(bucket);
        // Again afterwards: in between a call may have learned of the bucket as it was.
        return store.reset(bucket).whenComplete((known, failure) -> forget(bucket));
    }

    /** Buckets were reset or lost by the store: what is remembered of any may be wrong. */
    public void forgetAll() {
        if (denials != null) {
            denials.clear();
        }
    }

    /** For how many keys a call is under way, as far as calls are shared. */
    public int underWay() {
        return coalescer == null ? 0 : coalescer.size();
    }

    /** How many buckets are remembered as unable to give. */
    public long denialsKept() {
        return denials == null ? 0 : denials.size();
    }

    private void forget(String bucket) {
        if (denials != null) {
            denials.forget(bucket);
        }
    }

    /**
     * Who waited for another's call is told what that one learned, where that decides; and where a
     * bucket is about to give again, the call is held back until it does, rather than made twice.
     */
    private CompletionStage<Decision> askInTime(List<Demand> demands, int permits) {
        if (denials == null) {
            return ask(demands, permits);
        }
        Decision denial = denials.denial(demands);
        if (denial != null) {
            return CompletableFuture.completedFuture(denial);
        }
        long early = denials.uncertainNanos(demands);
        if (early <= 0) {
            return ask(demands, permits);
        }
        CompletableFuture<Decision> held = new CompletableFuture<>();
        pause.after(early, () -> askHeld(demands, permits, held));
        return held;
    }

    private void askHeld(List<Demand> demands, int permits, CompletableFuture<Decision> held) {
        if (breaker.isOpen()) {
            held.completeExceptionally(new TimeoutException("the store stopped answering"));
            return;
        }
        ask(demands, permits)
                .whenComplete(
                        (decision, failure) -> {
                            if (failure == null) {
                                held.complete(decision);
                            } else {
                                held.completeExceptionally(failure);
                            }
                        });
    }

    private CompletionStage<Decision> ask(List<Demand> demands, int permits) {
        long sentNanos = nanoClock.getAsLong();
        long sentEpoch = denials == null ? 0 : denials.epoch();
        return send(demands, permits)
                .whenComplete(
                        (decision, failure) -> {
                            report(failure);
                            if (failure == null && denials != null) {
                                denials.learn(decision, sentNanos, sentEpoch);
                            }
                        });
    }

    private CompletionStage<Decision> send(List<Demand> demands, int permits) {
        try {
            return store.decide(demands, permits);
        } catch (RuntimeException thrown) {
            return CompletableFuture.failedFuture(thrown);
        }
    }

    private void report(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause == null || cause instanceof UnreadableBucketException) {
            breaker.succeeded();
        } else if (breaker.failed()) {
            // Those who still wait would wait in vain.
            store.abandon();
        }
    }
}
