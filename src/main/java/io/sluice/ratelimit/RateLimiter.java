package io.sluice.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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

    private final @Nullable SharedBuckets shared;
    private final LocalStore local;
    private final IntSupplier gateways;

    /**
     * @param shared the buckets that all gateways share, or {@code null}
     * @param local the buckets of this process
     * @param gateways how many gateways share the limits; below 1 counts as 1
     */
    public RateLimiter(@Nullable SharedBuckets shared, LocalStore local, IntSupplier gateways) {
        this.shared = shared;
        this.local = local;
        this.gateways = gateways;
    }

    /**
     * Decides; the answer never fails for a store that does not answer. Who does not want it any
     * more cancels it, and is asked for no more.
     *
     * @param demands at least one, no two on the same bucket; never changed afterwards
     */
    public CompletableFuture<Verdict> decide(List<Demand> demands) {
        if (shared == null) {
            return decided(local.decideNow(demands, 1));
        }
        Decision denial = shared.denial(demands);
        if (denial != null) {
            return decided(denial);
        }
        if (!shared.answers(demands)) {
            return CompletableFuture.completedFuture(alone(demands));
        }
        Pending pending = new Pending(demands);
        shared.decide(demands, pending);
        return pending;
    }

    /** Looks at a bucket without taking from it, in the store that would decide now. */
    public CompletionStage<PolicyResult> peek(Demand demand) {
        if (shared == null) {
            return local.peek(demand);
        }
        return shared.isAway(List.of(demand))
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
        return shared == null || shared.isAway() ? Decision.Source.LOCAL : Decision.Source.REDIS;
    }

    /** The shared buckets, or {@code null} where each gateway keeps its own. */
    public @Nullable SharedBuckets shared() {
        return shared;
    }

    private static CompletableFuture<Verdict> decided(Decision decision) {
        return CompletableFuture.completedFuture(new Verdict.Decided(decision));
    }

    /** A request that waits for the shared store. */
    private final class Pending extends CompletableFuture<Verdict> implements Coalescer.Waiter {

        private final List<Demand> demands;

        Pending(List<Demand> demands) {
            this.demands = demands;
        }

        @Override
        public boolean isGone() {
            return isDone();
        }

        @Override
        public void decided(Decision decision) {
            complete(new Verdict.Decided(decision));
        }

        @Override
        public void failed(Throwable cause) {
            if (!isDone()) {
                complete(alone(demands));
            }
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
