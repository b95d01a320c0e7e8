package io.sluice.ratelimit.spring;

import io.sluice.ratelimit.redis.RedisStore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import reactor.core.publisher.Mono;

/**
 * Down while Redis, where it keeps the rate limits, does not answer a ping; for the group {@code
 * dependencies}.
 */
final class RateLimitStoreHealthIndicator extends AbstractReactiveHealthIndicator {

    private final Supplier<@Nullable RedisStore> redis;

    /**
     * @param redis null where limits are kept in this process
     */
    RateLimitStoreHealthIndicator(Supplier<@Nullable RedisStore> redis) {
        super("Redis does not answer");
        this.redis = redis;
    }

    @Override
    protected Mono<Health> doHealthCheck(Health.Builder builder) {
        RedisStore store = redis.get();
        if (store == null) {
            return Mono.just(builder.up().withDetail("store", "local").build());
        }
        return Mono.fromCompletionStage(store::ping)
                .thenReturn(builder.up().withDetail("store", "redis").build());
    }
}
