package io.sluice.ratelimit.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.sluice.pipeline.ActiveConfiguration;
import io.sluice.ratelimit.DenyCache;
import io.sluice.ratelimit.LiveGateways;
import io.sluice.ratelimit.LocalStore;
import io.sluice.ratelimit.NearestKeys;
import io.sluice.ratelimit.Pause;
import io.sluice.ratelimit.RateLimitStore;
import io.sluice.ratelimit.RateLimiter;
import io.sluice.ratelimit.ServerBreakers;
import io.sluice.ratelimit.SharedBuckets;
import io.sluice.ratelimit.redis.RedisLinks;
import io.sluice.ratelimit.redis.RedisStore;
import java.time.Duration;
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

    /** Buckets of each policy that are shown while somebody looks. */
    private static final int NEAREST = 8;

    @Bean
    RateLimitMeters sluiceRateLimitMeters(ObjectProvider<MeterRegistry> registry) {
        return new RateLimitMeters(registry.getIfAvailable(CompositeMeterRegistry::new));
    }

    /** The registry, or one that counts nothing. */
    record RateLimitMeters(MeterRegistry registry) {}

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

    /** Ends its heartbeat before the connection that it beats over. */
    @Bean
    RateLimiters sluiceRateLimiters(
            ObjectProvider<RateLimitSettings> settings,
            ObjectProvider<RedisStore> redis,
            LiveGateways gateways,
            RateLimitMeters meters,
            ActiveConfiguration active) {
        RateLimitSettings given = settings.getIfAvailable(RateLimitSettings::none);
        RateLimiters limiters =
                new RateLimiters(
                        given,
                        () -> redisStore(redis),
                        store -> shared(new TimedStore(store, meters.registry()), given.store()),
                        new LocalStore(System::nanoTime, given.store().maxLocalBuckets()),
                        gateways,
                        meters.registry());
        active.put(RateLimitRules.PART, limiters.first());
        return limiters;
    }

    @Bean
    LiveGateways sluiceLiveGateways() {
        return new LiveGateways();
    }

    @Bean
    RateLimitGatewayFilterFactory rateLimitGatewayFilterFactory(
            ActiveConfiguration active, RateLimiters limiters, NearestKeys nearest) {
        return new RateLimitGatewayFilterFactory(
                () -> active.building().get(RateLimitRules.PART), nearest);
    }

    @Bean
    NearestKeys sluiceNearestKeys() {
        return new NearestKeys(System::nanoTime, NEAREST);
    }

    @Bean
    RateLimitsEndpoint sluiceRateLimitsEndpoint(
            ActiveConfiguration active, RateLimiters limiters, LiveGateways gateways) {
        return new RateLimitsEndpoint(() -> active.current().get(RateLimitRules.PART), gateways);
    }

    @Bean
    RateLimitStoreHealthIndicator rateLimitStoreHealthIndicator(
            RateLimiters limiters, ObjectProvider<RedisStore> redis) {
        return new RateLimitStoreHealthIndicator(
                () -> limiters.limiter().shared() == null ? null : redis.getIfAvailable());
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

    private static @Nullable RedisStore redisStore(ObjectProvider<RedisStore> redis) {
        RedisStore store = redis.getIfAvailable();
        if (store == null) {
            log.info(
                    "Rate limits are kept in this process: spring.data.redis is not configured."
                            + " Each gateway counts for itself");
        }
        return store;
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
