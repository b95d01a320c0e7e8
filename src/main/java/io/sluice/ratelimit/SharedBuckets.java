package io.sluice.ratelimit;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The store that all gateways share, and what saves calls to it: denials are remembered, requests
 * that ask the same share a call, and nothing is asked of a store that does not answer.
 *
 * <p>Safe for any number of threads; never blocks.
 */
public final class SharedBuckets {

    private final RateLimitStore store;
    private final ServerBreakers breakers;
    private final LongSupplier nanoClock;
    private final Pause pause;
    private final @Nullable Coalescer coalescer;
    private final @Nullable DenyCache denials;

    /**
     * @param store where the buckets are
     * @param breakers guard its servers
     * @param coalescing whether requests that ask the same share a call
     * @param denials what is remembered of it, or {@code null}
     * @param nanoClock a monotonic clock in nanoseconds, the same as that of {@code denials}
     * @param pause for a call that would come too early
     */
    public SharedBuckets(
            RateLimitStore store,
            ServerBreakers breakers,
            boolean coalescing,
            @Nullable DenyCache denials,
            LongSupplier nanoClock,
            Pause pause) {
        this.store = store;
        this.breakers = breakers;
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

    /**
     * Whether all servers of these buckets are taken to answer. While one is not, this makes the
     * probe that is due.
     */
    boolean answers(List<Demand> demands) {
        if (!breakers.anyOpen()) {
            return true;
        }
        Set<String> servers = store.servers(demands);
        boolean away = breakers.open(servers) > 0;
        servers.forEach(this::probeIfDue);
        return !away;
    }

    /** Makes the probes that are due, for a store that nobody asks of its servers meanwhile. */
    public void probeIfDue() {
        Set<String> servers = store.servers();
        breakers.retain(servers);
        servers.forEach(this::probeIfDue);
    }

    /** For no request: nobody waits for it, and a late answer takes no token of anybody. */
    private void probeIfDue(String server) {
        if (breakers.probeIsDue(server)) {
            store.probe(server)
                    .whenComplete(
                            (decision, failure) -> {
                                if (failure == null) {
                                    breakers.succeeded(server);
                                } else if (breakers.probeLost(server)) {
                                    store.renew(server);
                                }
                            });
        }
    }

    /** Whether no server of the store is taken to answer. */
    boolean isAway() {
        Set<String> servers = store.servers();
        return breakers.open(servers) == servers.size();
    }

    boolean isAway(List<Demand> demands) {
        return breakers.anyOpen() && breakers.open(store.servers(demands)) > 0;
    }

    /** How many servers of the store are left alone, for they did not answer. */
    public int serversAway() {
        return breakers.open(store.servers());
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
        return pause.last(early).thenCompose(over -> askHeld(demands, permits));
    }

    private CompletionStage<Decision> askHeld(List<Demand> demands, int permits) {
        return isAway(demands)
                ? CompletableFuture.failedFuture(new TimeoutException("the store does not answer"))
                : ask(demands, permits);
    }

    private CompletionStage<Decision> ask(List<Demand> demands, int permits) {
        long sentNanos = nanoClock.getAsLong();
        long sentEpoch = denials == null ? 0 : denials.epoch();
        return send(demands, permits)
                .whenComplete(
                        (decision, failure) -> {
                            report(demands, failure);
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

    private void report(List<Demand> demands, @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof ServerFailedException one) {
            failed(one.server());
            return;
        }
        boolean answered = cause == null || cause instanceof BucketUnavailableException;
        for (String server : store.servers(demands)) {
            if (answered) {
                breakers.succeeded(server);
            } else {
                failed(server);
            }
        }
    }

    private void failed(String server) {
        if (breakers.failed(server)) {
            // Those who still wait would wait in vain.
            store.abandon(server);
        }
    }
}
