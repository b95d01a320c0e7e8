package io.sluice.ratelimit.bench;

import io.sluice.ratelimit.BucketShape;
import io.sluice.ratelimit.Decision;
import io.sluice.ratelimit.Demand;
import io.sluice.ratelimit.DenyCache;
import io.sluice.ratelimit.KeySpec;
import io.sluice.ratelimit.LocalStore;
import io.sluice.ratelimit.OnStoreFailure;
import io.sluice.ratelimit.Pause;
import io.sluice.ratelimit.Policy;
import io.sluice.ratelimit.RateLimitStore;
import io.sluice.ratelimit.RateLimiter;
import io.sluice.ratelimit.ServerBreakers;
import io.sluice.ratelimit.SharedBuckets;
import io.sluice.ratelimit.Verdict;
import io.sluice.ratelimit.redis.RedisLinks;
import io.sluice.ratelimit.redis.RedisStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;

/** Sluice's limiter as it is wired in a gateway, with its parts on or off. */
final class Ours implements Contender {

    private static final int FAILURES = 5;
    private static final Duration PROBE_INTERVAL = Duration.ofMillis(250);
    private static final int KEPT = 100_000;

    private final String name;
    private final boolean coalescing;
    private final boolean denyCache;
    private final Duration timeout;
    private final UnaryOperator<RateLimitStore> wrapping;
    private final List<RedisStore> stores = new ArrayList<>();
    private final List<RateLimiter> gateways;
    private final Map<Limit, Policy> policies = new ConcurrentHashMap<>();
    private final LongAdder local = new LongAdder();
    private volatile long skewNanos;

    Ours(int port, String name, boolean coalescing, boolean denyCache, Duration timeout) {
        this(port, name, coalescing, denyCache, timeout, UnaryOperator.identity());
    }

    Ours(
            int port,
            String name,
            boolean coalescing,
            boolean denyCache,
            Duration timeout,
            UnaryOperator<RateLimitStore> wrapping) {
        this.name = name;
        this.coalescing = coalescing;
        this.denyCache = denyCache;
        this.timeout = timeout;
        this.wrapping = wrapping;
        gateways =
                List.of(
                        gateway(port, System::nanoTime),
                        gateway(port, () -> System.nanoTime() + skewNanos));
    }

    private RateLimiter gateway(int port, LongSupplier clock) {
        RedisStore store = new RedisStore(RedisLinks.open(at(port), false), timeout, clock);
        stores.add(store);
        return new RateLimiter(
                new SharedBuckets(
                        wrapping.apply(store),
                        new ServerBreakers(FAILURES, PROBE_INTERVAL, clock, (server, open) -> {}),
                        coalescing,
                        denyCache ? new DenyCache(clock, KEPT) : null,
                        clock,
                        Pause.timed()),
                new LocalStore(clock, KEPT),
                () -> 2);
    }

    private static DataRedisConnectionDetails at(int port) {
        return new DataRedisConnectionDetails() {
            @Override
            public Standalone getStandalone() {
                return Standalone.of("127.0.0.1", port);
            }
        };
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void skew(long micros) {
        skewNanos = micros * 1000;
    }

    /** Decisions that were made without Redis. */
    long local() {
        return local.sum();
    }

    @Override
    public void ask(int gateway, Workload workload, int key, Ticket ticket) {
        List<Demand> demands = new ArrayList<>(workload.limits().size());
        for (Limit limit : workload.limits()) {
            demands.add(policy(limit).demand(limit.identity(key)));
        }
        gateways.get(gateway)
                .decide(demands)
                .whenComplete((verdict, failure) -> tell(verdict, ticket));
    }

    private void tell(Verdict verdict, Ticket ticket) {
        if (!(verdict instanceof Verdict.Decided decided)) {
            ticket.fail();
            return;
        }
        if (decided.decision().source() == Decision.Source.LOCAL) {
            local.increment();
        }
        ticket.answer(decided.decision().allowed());
    }

    private Policy policy(Limit limit) {
        Policy known = policies.get(limit);
        return known != null ? known : policies.computeIfAbsent(limit, Ours::made);
    }

    private static Policy made(Limit limit) {
        return new Policy(
                limit.name(),
                KeySpec.parse(List.of(limit.key())),
                BucketShape.of(limit.capacity(), limit.perSecond(), 1_000_000),
                1,
                OnStoreFailure.LOCAL,
                false);
    }

    @Override
    public void close() {
        stores.forEach(RedisStore::close);
    }
}
