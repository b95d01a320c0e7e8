package io.sluice.ratelimit;

import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;

/** Decisions over one and over two buckets are linearizable: each takes effect at one moment. */
public class LocalStoreLincheck {

    private final LocalStore store = new LocalStore(() -> 0L, 1000);
    private final Demand a = Limits.policy("a", 2, 1).demand("global");
    private final Demand b = Limits.policy("b", 3, 1).demand("global");

    @Operation
    public boolean takeA() {
        return store.decideNow(List.of(a), 1).allowed();
    }

    @Operation
    public boolean takeBoth() {
        return store.decideNow(List.of(b, a), 1).allowed();
    }

    @Operation
    public boolean takeBothTurned() {
        return store.decideNow(List.of(a, b), 1).allowed();
    }

    @Operation
    public long lookAtB() {
        return store.decideNow(List.of(b.withCost(0)), 1).results().get(0).remaining();
    }

    @Operation
    public boolean resetB() {
        return store.resetNow(b.bucket());
    }

    /** Ends with an error and the failed scenario when a result has no sequential explanation. */
    public static void main(String[] args) {
        new StressOptions()
                .iterations(15)
                .invocationsPerIteration(300)
                .threads(3)
                .actorsPerThread(3)
                .check(LocalStoreLincheck.class);
    }
}
