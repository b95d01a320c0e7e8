package io.sluice.ratelimit.bench;

import java.util.ArrayList;
import java.util.List;
import org.springframework.cloud.gateway.filter.ratelimit.RedisRateLimiter;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.script.DefaultRedisScript;
import org.springframework.data.redis.core.script.RedisScript;
import reactor.core.publisher.Mono;

/**
 * Spring Cloud Gateway's {@code RedisRateLimiter}; several policies are several filters in turn.
 */
final class SpringGateway implements Contender {

    private final List<LettuceConnectionFactory> connections = new ArrayList<>();
    private final List<RedisRateLimiter> gateways = new ArrayList<>();

    SpringGateway(int port) {
        for (int gateway = 0; gateway < 2; gateway++) {
            LettuceConnectionFactory factory = new LettuceConnectionFactory("127.0.0.1", port);
            factory.afterPropertiesSet();
            factory.start();
            connections.add(factory);
            gateways.add(limiter(factory));
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static RedisRateLimiter limiter(LettuceConnectionFactory factory) {
        DefaultRedisScript script = new DefaultRedisScript<>();
        script.setLocation(new ClassPathResource("META-INF/scripts/request_rate_limiter.lua"));
        script.setResultType(List.class);
        RedisRateLimiter limiter =
                new RedisRateLimiter(
                        new ReactiveStringRedisTemplate(factory),
                        (RedisScript<List<Long>>) script,
                        new ConfigurationService(null, () -> null, () -> null));
        for (Workload workload : Workload.all()) {
            for (Limit limit : workload.limits()) {
                limiter.getConfig()
                        .put(
                                route(workload, limit),
                                new RedisRateLimiter.Config()
                                        .setReplenishRate(limit.perSecond())
                                        .setBurstCapacity(limit.capacity())
                                        .setRequestedTokens(1));
            }
        }
        return limiter;
    }

    private static String route(Workload workload, Limit limit) {
        return workload.name() + "-" + limit.name();
    }

    @Override
    public String name() {
        return "spring-cloud-gateway";
    }

    @Override
    public void ask(int gateway, Workload workload, int key, Ticket ticket) {
        ask(gateways.get(gateway), workload, 0, key)
                .subscribe(ticket::answer, failure -> ticket.fail());
    }

    private static Mono<Boolean> ask(RedisRateLimiter limiter, Workload workload, int at, int key) {
        Limit limit = workload.limits().get(at);
        Mono<Boolean> one =
                limiter.isAllowed(route(workload, limit), limit.identity(key))
                        .map(response -> response.isAllowed());
        return at + 1 == workload.limits().size()
                ? one
                : one.flatMap(
                        allowed ->
                                allowed ? ask(limiter, workload, at + 1, key) : Mono.just(false));
    }

    @Override
    public void close() {
        connections.forEach(LettuceConnectionFactory::destroy);
    }
}
