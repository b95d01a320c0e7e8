package io.sluice.ratelimit.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.ratelimit.Decision;
import io.sluice.ratelimit.Demand;
import io.sluice.ratelimit.RateLimitStore;
import java.util.List;
import java.util.concurrent.CompletionStage;

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
        long start = clock.monotonicTime();
        return store.decide(demands, permits)
                .whenComplete(
                        (decision, failure) ->
                                (failure == null ? answered : failed)
                                        .record(
                                                clock.monotonicTime() - start,
                                                java.util.concurrent.TimeUnit.NANOSECONDS));
    }

    @Override
    public CompletionStage<Boolean> reset(String bucket) {
        return store.reset(bucket);
    }

    @Override
    public void abandon() {
        store.abandon();
    }

    @Override
    public void renew() {
        store.renew();
    }

    private static Timer timer(MeterRegistry registry, String outcome) {
        return Timer.builder("sluice.ratelimit.store")
                .description("Time until Redis answered a decision, or failed to")
                .tag("outcome", outcome)
                .register(registry);
    }
}
