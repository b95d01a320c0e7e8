package io.sluice.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides for a request over all of its policies: by the shared store while it answers, else by
 * each policy's own rule ({@link OnStoreFailure}). Without a shared store the buckets of this
 * process decide alone, at their full size.
 *
 * <p>While the shared store is away, a bucket of this process starts full, at this gateway's share
 * of the limit: around each change from the one to the other, up to one capacity more may pass.
 *
 * <p>Safe for any number of threads.
 */
public final class RateLimiter {

    private final @Nullable RateLimitStore shared;
    private final LocalStore local;
    private final CircuitBreaker breaker;
    private final IntSupplier gateways;

    /**
     * @param shared the store that all gateways share, or {@code null}
     * @param local the buckets of this process
     * @param breaker guards the shared store
     * @param gateways how many gateways share the limits; below 1 counts as 1
     */
    public RateLimiter(
            @Nullable RateLimitStore shared,
            LocalStore local,
            CircuitBreaker breaker,
            IntSupplier gateways) {
        this.shared = shared;
        this.local = local;
        this.breaker = breaker;
        this.gateways = gateways;
    }

    /**
     * Decides; the answer never fails for a store that does not answer.
     *
     * @param demands at least one, no two on the same bucket
     */
    public CompletionStage<Verdict> decide(List<Demand> demands) {
        if (shared == null) {
            return CompletableFuture.completedFuture(
                    new Verdict.Decided(local.decideNow(demands, 1)));
        }
        if (!breaker.permits()) {
            return CompletableFuture.completedFuture(alone(demands));
        }
        return ask(shared, demands)
                .handle(
                        (decision, failure) -> {
                            report(failure);
                            return failure == null ? new Verdict.Decided(decision) : alone(demands);
                        });
    }

    /** Looks at a bucket without taking from it, in the store that would decide now. */
    public CompletionStage<PolicyResult> peek(Demand demand) {
        if (shared == null) {
            return local.peek(demand);
        }
        return breaker.isOpen()
                ? peekAlone(demand)
                : shared.peek(demand).exceptionallyCompose(failure -> peekAlone(demand));
    }

    /** Fills a bucket, here and in the shared store; the answer is whether either knew of it. */
    public CompletionStage<Boolean> reset(String bucket) {
        boolean known = local.resetNow(bucket);
        return shared == null
                ? CompletableFuture.completedFuture(known)
                : shared.reset(bucket).thenApply(there -> there || known);
    }

    /** Which store decides now. */
    public Decision.Source source() {
        return shared == null || breaker.isOpen() ? Decision.Source.LOCAL : Decision.Source.REDIS;
    }

    private static CompletionStage<Decision> ask(RateLimitStore store, List<Demand> demands) {
        try {
            return store.decide(demands, 1);
        } catch (RuntimeException thrown) {
            return CompletableFuture.failedFuture(thrown);
        }
    }

    private void report(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause == null || cause instanceof UnreadableBucketException) {
            breaker.succeeded();
        } else {
            breaker.failed();
        }
    }

    private Verdict alone(List<Demand> demands) {
        int sharers = gateways.getAsInt();
        List<Demand> shares = new ArrayList<>(demands.size());
        for (Demand demand : demands) {
            Demand share = share(demand, sharers);
            switch (demand.policy().onStoreFailure()) {
                case LOCAL -> shares.add(share);
                case OPEN -> shares.add(share.unenforced());
                case CLOSED -> {
                    if (demand.enforced()) {
                        return new Verdict.Unavailable(demand.policy());
                    }
                    shares.add(share);
                }
            }
        }
        return new Verdict.Decided(local.decideNow(shares, 1));
    }

    private CompletionStage<PolicyResult> peekAlone(Demand demand) {
        return local.peek(share(demand, gateways.getAsInt()));
    }

    private static Demand share(Demand demand, int sharers) {
        return demand.withShape(demand.shape().share(sharers, demand.policy().cost()));
    }
}
