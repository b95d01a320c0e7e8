package io.sluice.ratelimit.bench;

import io.sluice.ratelimit.Decision;
import io.sluice.ratelimit.Demand;
import io.sluice.ratelimit.RateLimitStore;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/** What is measured once and not in the rounds. */
final class Extras {

    private static final int KEYS = 1 << 14;
    private static final Duration TIMEOUT = Duration.ofMillis(25);
    private static final long FROZEN_MILLIS = 1500;
    private static final long TRIP_MILLIS = 2;
    private static final double[] ARRIVALS_PER_TRIP = {1, 10, 50};

    /**
     * Requests of one key that come while a call of it is under way.
     *
     * @param arrivals per round trip, as measured
     */
    record Trips(double arrivals, double callsPerDecision) {}

    /**
     * Redis stands still.
     *
     * @param waited decisions that took as long as the timeout or longer
     * @param latency of those asked from 100 milliseconds after it stopped
     */
    record Frozen(long decisions, long waited, double mostMillis, Histogram latency) {}

    private final Server server;
    private final Driver driver;
    private final SplittableRandom random;
    private final long phaseNanos;
    final Map<String, Double> bytesPerKey = new LinkedHashMap<>();
    final Map<String, Trips> trips = new LinkedHashMap<>();
    final Map<String, Frozen> frozen = new LinkedHashMap<>();

    Extras(Server server, Driver driver, SplittableRandom random, long phaseNanos) {
        this.server = server;
        this.driver = driver;
        this.random = random;
        this.phaseNanos = phaseNanos;
    }

    void run(List<Contender> contenders) {
        for (Contender contender : contenders) {
            if (!contender.name().contains(",")) {
                bytesPerKey.put(contender.name(), bytesPerKey(contender));
            }
        }
        for (double arrivals : ARRIVALS_PER_TRIP) {
            trips.put(String.format("%.0f", arrivals), trips(arrivals));
        }
        try (Ours ours = new Ours(server.port(), "sluice", true, true, TIMEOUT)) {
            frozen.put(ours.name(), frozen(ours));
        }
        for (Contender contender : contenders) {
            if (!(contender instanceof Ours)) {
                frozen.put(contender.name(), frozen(contender));
            }
        }
    }

    private double bytesPerKey(Contender contender) {
        server.commands().flushall();
        long before = server.memory();
        int[] each = IntStream.range(0, KEYS).toArray();
        driver.ask(
                new Target(contender, Workload.UNIFORM, each),
                RateLimitBench.OUT,
                KEYS,
                new Admissions());
        return (double) (server.memory() - before) / KEYS;
    }

    private Trips trips(double wished) {
        try (SlowTrip slow = new SlowTrip();
                Ours ours =
                        new Ours(
                                server.port(),
                                "sluice",
                                true,
                                true,
                                Duration.ofSeconds(1),
                                slow::wrap)) {
            server.commands().flushall();
            Workload hot = Workload.all().get(2);
            Target target = new Target(ours, hot, hot.stream(random));
            double perSecond = 500;
            for (int i = 0; i < 3; i++) {
                slow.reset();
                driver.open(target, perSecond, phaseNanos, random, new Admissions());
                perSecond = wished / slow.meanSeconds();
            }
            slow.reset();
            Meter meter = new Meter(server, ours);
            Driver.Seen seen =
                    driver.open(target, perSecond, 3 * phaseNanos, random, new Admissions());
            return new Trips(
                    seen.decisions * 1e9 / seen.nanos * slow.meanSeconds(),
                    (double) meter.read().commands() / seen.decisions);
        }
    }

    private Frozen frozen(Contender contender) {
        server.commands().flushall();
        Target target = new Target(contender, Workload.UNIFORM, Workload.UNIFORM.stream(random));
        driver.open(target, Workload.OFFERED, phaseNanos, random, new Admissions());
        server.process().freeze();
        CompletableFuture<Void> thawed =
                CompletableFuture.runAsync(
                        server.process()::thaw,
                        CompletableFuture.delayedExecutor(FROZEN_MILLIS, TimeUnit.MILLISECONDS));
        Driver.Seen seen =
                driver.open(
                        target,
                        Workload.OFFERED,
                        TimeUnit.MILLISECONDS.toNanos(FROZEN_MILLIS - 100),
                        TimeUnit.MILLISECONDS.toNanos(100),
                        random,
                        new Admissions());
        thawed.join();
        long waited =
                seen.latency.getCountBetweenValues(
                        TIMEOUT.toNanos(), seen.latency.getHighestTrackableValue());
        return new Frozen(
                seen.decisions + seen.unasked,
                waited + seen.unasked,
                seen.latency.getMaxValue() / 1e6,
                seen.latencyLater);
    }

    /** A store whose answers come {@value #TRIP_MILLIS} ms later than they were there. */
    private static final class SlowTrip implements AutoCloseable {

        private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        private final LongAdder nanos = new LongAdder();
        private final LongAdder calls = new LongAdder();

        void reset() {
            nanos.reset();
            calls.reset();
        }

        double meanSeconds() {
            return nanos.sum() / 1e9 / calls.sum();
        }

        RateLimitStore wrap(RateLimitStore store) {
            return new RateLimitStore() {
                @Override
                public CompletionStage<Decision> decide(List<Demand> demands, int permits) {
                    long start = System.nanoTime();
                    CompletableFuture<Decision> later = new CompletableFuture<>();
                    store.decide(demands, permits)
                            .thenAccept(
                                    decision ->
                                            timer.schedule(
                                                    () -> {
                                                        nanos.add(System.nanoTime() - start);
                                                        calls.increment();
                                                        later.complete(decision);
                                                    },
                                                    TRIP_MILLIS,
                                                    TimeUnit.MILLISECONDS));
                    return later;
                }

                @Override
                public CompletionStage<Boolean> reset(String bucket) {
                    return store.reset(bucket);
                }
            };
        }

        @Override
        public void close() {
            timer.shutdownNow();
        }
    }
}
