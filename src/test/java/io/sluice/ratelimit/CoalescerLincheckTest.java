package io.sluice.ratelimit;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Requests that share calls see what they would have seen one after the other: whether they are
 * granted, and what is left for each.
 */
public class CoalescerLincheckTest {

    private final LocalStore buckets = new LocalStore(() -> 0L, 100);
    private final Coalescer coalescer = new Coalescer(this::call);
    private final List<Demand> one = List.of(Limits.policy("a", 4, 1).demand("global"));
    private final List<Demand> both =
            List.of(Limits.policy("b", 3, 1).demand("global"), one.get(0));

    private CompletionStage<Decision> call(List<Demand> demands, int permits) {
        // Long enough for the other threads to come while it is under way.
        for (int i = 0; i < 50; i++) {
            Thread.onSpinWait();
        }
        return CompletableFuture.completedFuture(buckets.decideNow(demands, permits));
    }

    private static final class Result extends CompletableFuture<String>
            implements Coalescer.Waiter {

        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public void decided(Decision decision) {
            complete(
                    decision.granted()
                            + decision.results().stream()
                                    .map(r -> " " + r.policy().name() + r.remaining())
                                    .sorted()
                                    .toList()
                                    .toString());
        }

        @Override
        public void failed(Throwable cause) {
            completeExceptionally(cause);
        }
    }

    private String ask(List<Demand> demands) {
        Result result = new Result();
        coalescer.decide(demands, result);
        return result.join();
    }

    @Operation
    public String takeOne() {
        return ask(one);
    }

    @Operation
    public String takeBoth() {
        return ask(both);
    }

    @Test
    void decide_sharedCalls_areLinearizable() {
        new StressOptions()
                .iterations(8)
                .invocationsPerIteration(200)
                .threads(3)
                .actorsPerThread(3)
                .check(CoalescerLincheckTest.class);
    }
}
