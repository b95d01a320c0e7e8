package io.sluice.ratelimit.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.pipeline.Draft;
import io.sluice.pipeline.Reloadable;
import io.sluice.ratelimit.LiveGateways;
import io.sluice.ratelimit.LocalStore;
import io.sluice.ratelimit.Policy;
import io.sluice.ratelimit.RateLimiter;
import io.sluice.ratelimit.SharedBuckets;
import io.sluice.ratelimit.redis.Heartbeat;
import io.sluice.ratelimit.redis.RedisStore;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * The limiter, and the policies that it is asked for, at start and anew. Its buckets stay whatever
 * changes: each is kept under its policy's name. Redis is connected to with the first policy.
 */
final class RateLimiters implements Reloadable, SmartLifecycle, AutoCloseable {

    private final Supplier<@Nullable RedisStore> redis;
    private final Function<RedisStore, SharedBuckets> shared;
    private final LocalStore local;
    private final LiveGateways gateways;
    private final MeterRegistry registry;
    private final RateLimitRules first;
    private volatile RateLimiter limiter;
    private volatile @Nullable Heartbeat heartbeat;
    private volatile boolean running;
    private Map<String, PolicyProperties> limits;
    private RateLimitMetrics metrics;

    /**
     * @param redis the connection, opened by this call; {@code null} where none is configured
     * @param shared the buckets over it
     */
    RateLimiters(
            RateLimitSettings settings,
            Supplier<@Nullable RedisStore> redis,
            Function<RedisStore, SharedBuckets> shared,
            LocalStore local,
            LiveGateways gateways,
            MeterRegistry registry) {
        this.redis = redis;
        this.shared = shared;
        this.local = local;
        this.gateways = gateways;
        this.registry = registry;
        this.limits = settings.limits();
        Map<String, Policy> policies = settings.policies();
        this.limiter = new RateLimiter(null, local, gateways);
        if (!policies.isEmpty()) {
            connect();
        }
        RateLimitMetrics.showStore(registry, this::limiter);
        this.metrics = new RateLimitMetrics(registry, policies.values());
        this.first = new RateLimitRules(policies, limiter, metrics);
    }

    private void connect() {
        RedisStore store = limiter.shared() == null ? redis.get() : null;
        if (store == null) {
            return;
        }
        SharedBuckets buckets = shared.apply(store);
        RateLimitMetrics.showShared(registry, buckets, gateways);
        limiter = new RateLimiter(buckets, local, gateways);
        heartbeat = new Heartbeat(store, buckets, gateways, UUID.randomUUID().toString()).start();
    }

    RateLimiter limiter() {
        return limiter;
    }

    /** The rules of the start. */
    RateLimitRules first() {
        return first;
    }

    @Override
    public void prepare(Draft draft) {
        RateLimitSettings settings = draft.setting(RateLimitSettings.class);
        if (settings.limits().equals(limits)) {
            return;
        }
        Map<String, Policy> next = settings.policies();
        if (limits.isEmpty()) {
            connect();
        }
        RateLimitMetrics counted = new RateLimitMetrics(registry, next.values());
        draft.put(RateLimitRules.PART, new RateLimitRules(next, limiter, counted));
        draft.outdateRoutes();
        draft.afterSwap(
                () -> {
                    metrics.removeAllBut(next.keySet());
                    limits = settings.limits();
                    metrics = counted;
                });
        draft.onDiscard(() -> counted.removeAllBut(limits.keySet()));
    }

    /** Stops before the event loops, whose phase is 0, and after the web server. */
    @Override
    public int getPhase() {
        return 1;
    }

    @Override
    public void start() {
        running = true;
    }

    /** Says that this gateway ends, while there is a connection to say it over. */
    @Override
    public void stop() {
        running = false;
        close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Ends the heartbeat before the connection that it beats over. */
    @Override
    public void close() {
        Heartbeat beating = heartbeat;
        if (beating != null) {
            beating.close();
        }
    }
}
