package io.sluice.ratelimit.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.sluice.ratelimit.DenyCache;
import io.sluice.ratelimit.LiveGateways;
import io.sluice.ratelimit.LocalStore;
import io.sluice.ratelimit.Pause;
import io.sluice.ratelimit.Policy;
import io.sluice.ratelimit.RateLimitStore;
import io.sluice.ratelimit.RateLimiter;
import io.sluice.ratelimit.ServerBreakers;
import io.sluice.ratelimit.SharedBuckets;
import io.sluice.ratelimit.redis.Heartbeat;
import io.sluice.ratelimit.redis.RedisLinks;
import io.sluice.ratelimit.redis.RedisStore;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Rate limiting. The filter is always there, so that a route that names a policy which nobody
 * defined is told so; Redis is only connected to when a policy is defined and Redis is configured.
 */
@AutoConfiguration(
        after = DataRedisAutoConfiguration.class,
        afterName =
                "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
public class RateLimitAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger(RateLimiter.class);

    /** After so many calls in a row that failed, Redis is left alone. */
    private static final int FAILURES = 5;

    /** Then one call per interval finds out whether it is back. */
    private static final Duration PROBE_INTERVAL = Duration.ofMillis(250);

    /** The policies by name, as checked at start. */
    record Policies(Map<String, Policy> byName) {}

    @Bean
    RateLimitMeters sluiceRateLimitMeters(ObjectProvider<MeterRegistry> registry) {
        return new RateLimitMeters(registry.getIfAvailable(CompositeMeterRegistry::new));
    }

    /** The registry, or one that counts nothing. */
    record RateLimitMeters(MeterRegistry registry) {}

    @Bean
    Policies sluiceRateLimitPolicies(ObjectProvider<RateLimitSettings> settings) {
        return new Policies(settings.getIfAvailable(RateLimitSettings::none).policies());
    }

    @Bean
    @Lazy
    @Conditional(RedisConfigured.class)
    RedisStore sluiceRedisStore(
            ObjectProvider<RateLimitSettings> settings,
            DataRedisConnectionDetails details,
            Environment environment) {
        String url = environment.getProperty("spring.data.redis.url", "");
        return new RedisStore(
                RedisLinks.open(details, url.startsWith("rediss:")),
                settings.getIfAvailable(RateLimitSettings::none).store().timeout(),
                System::nanoTime);
    }

    @Bean
    RateLimiter sluiceRateLimiter(
            ObjectProvider<RateLimitSettings> settings,
            Policies policies,
            ObjectProvider<RedisStore> redis,
            LiveGateways gateways,
            RateLimitMeters meters) {
        RateLimitStoreProperties store = settings.getIfAvailable(RateLimitSettings::none).store();
        RateLimitStore redisStore = redisStore(policies, redis, meters);
        RateLimiter limiter =
                new RateLimiter(
                        redisStore == null ? null : shared(redisStore, store),
                        new LocalStore(System::nanoTime, store.maxLocalBuckets()),
                        gateways);
        RateLimitMetrics.showStore(meters.registry(), limiter, gateways);
        return limiter;
    }

    @Bean
    LiveGateways sluiceLiveGateways() {
        return new LiveGateways();
    }

    /** Ends before the connection that it beats over. */
    @Bean
    @Lazy(false)
    @Conditional(RedisConfigured.class)
    HeartbeatHolder sluiceHeartbeat(
            RateLimiter limiter, ObjectProvider<RedisStore> redis, LiveGateways gateways) {
        SharedBuckets shared = limiter.shared();
        return new HeartbeatHolder(
                shared == null
                        ? null
                        : new Heartbeat(
                                        redis.getObject(),
                                        shared,
                                        gateways,
                                        UUID.randomUUID().toString())
                                .start());
    }

    /** A heartbeat, where there is a policy to beat for. */
    record HeartbeatHolder(@Nullable Heartbeat heartbeat) implements AutoCloseable {
        @Override
        public void close() {
            if (heartbeat != null) {
                heartbeat.close();
            }
        }
    }

    @Bean
    RateLimitGatewayFilterFactory rateLimitGatewayFilterFactory(
            Policies policies, RateLimiter limiter, RateLimitMeters meters) {
        return new RateLimitGatewayFilterFactory(
                policies.byName(),
                limiter,
                new RateLimitMetrics(meters.registry(), policies.byName().values()));
    }

    @Bean
    RateLimitsEndpoint sluiceRateLimitsEndpoint(
            Policies policies, RateLimiter limiter, LiveGateways gateways) {
        return new RateLimitsEndpoint(policies.byName(), limiter, gateways);
    }

    @Bean
    RateLimitStoreHealthIndicator rateLimitStoreHealthIndicator(
            Policies policies, ObjectProvider<RedisStore> redis) {
        return new RateLimitStoreHealthIndicator(
                () -> policies.byName().isEmpty() ? null : redis.getIfAvailable());
    }

    private static SharedBuckets shared(RateLimitStore redis, RateLimitStoreProperties store) {
        return new SharedBuckets(
                redis,
                new ServerBreakers(
                        FAILURES,
                        PROBE_INTERVAL,
                        System::nanoTime,
                        RateLimitAutoConfiguration::say),
                store.coalescing(),
                store.denyCache() ? new DenyCache(System::nanoTime, store.maxLocalBuckets()) : null,
                System::nanoTime,
                Pause.timed());
    }

    private static @Nullable RateLimitStore redisStore(
            Policies policies, ObjectProvider<RedisStore> redis, RateLimitMeters meters) {
        if (policies.byName().isEmpty()) {
            return null;
        }
        RedisStore store = redis.getIfAvailable();
        if (store == null) {
            log.info(
                    "Rate limits are kept in this process: spring.data.redis is not configured."
                            + " Each gateway counts for itself");
            return null;
        }
        return new TimedStore(store, meters.registry());
    }

    private static void say(String server, boolean open) {
        String redis = server.isEmpty() ? "Redis" : "Redis at " + server;
        if (open) {
            log.warn(
                    "{} does not answer. Rate limits kept there follow each policy's"
                            + " on-store-failure; one call every {} ms finds out when it is back",
                    redis,
                    PROBE_INTERVAL.toMillis());
        } else {
            log.info("{} answers again and decides rate limits", redis);
        }
    }
}
