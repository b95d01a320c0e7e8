package io.sluice.ratelimit.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.ratelimit.Decision;
import io.sluice.ratelimit.Demand;
import io.sluice.ratelimit.PolicyResult;
import io.sluice.ratelimit.RateLimitStore;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A store whose decisions are timed, as {@code sluice.ratelimit.store}. */
final class TimedStore implements RateLimitStore {

    private final RateLimitStore store;
    private final Timer answered;
    private final Timer failed;
    private final io.micrometer.core.instrument.Clock clock;

    TimedStore(RateLimitStore store, MeterRegistry registry) {
        this.store = store;
        this.clock = registry.config().clock();
        this.answered = timer(registry, "success");
        this.failed = timer(registry, "failure");
    }

    @Override
    public CompletionStage<Decision> decide(List<Demand> demands, int permits) {
        return timed(() -> store.decide(demands, permits));
    }

    @Override
    public CompletionStage<Decision> probe(String server) {
        return timed(() -> store.probe(server));
    }

    /** Untimed: nobody's request waits for it. */
    @Override
    public CompletionStage<PolicyResult> peek(Demand demand) {
        return store.peek(demand);
    }

    private CompletionStage<Decision> timed(Supplier<CompletionStage<Decision>> call) {
        long start = clock.monotonicTime();
        return call.get()
                .whenComplete(
                        (decision, failure) ->
                                (failure == null ? answered : failed)
                                        .record(
                                                clock.monotonicTime() - start,
                                                TimeUnit.NANOSECONDS));
    }

    @Override
    public CompletionStage<Boolean> reset(String bucket) {
        return store.reset(bucket);
    }

    @Override
    public Set<String> servers() {
        return store.servers();
    }

    @Override
    public Set<String> servers(List<Demand> demands) {
        return store.servers(demands);
    }

    @Override
    public void abandon(String server) {
        store.abandon(server);
    }

    @Override
    public void renew(String server) {
        store.renew(server);
    }

    private static Timer timer(MeterRegistry registry, String outcome) {
        return Timer.builder("sluice.ratelimit.store")
                .description("Time until Redis answered a decision, or failed to")
                .tag("outcome", outcome)
                .register(registry);
    }
}
