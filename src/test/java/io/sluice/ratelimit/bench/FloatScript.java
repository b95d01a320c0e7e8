package io.sluice.ratelimit.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.List;

/**
 * The token bucket as tutorials have it: floating point, the caller's clock, a write on every call,
 * one policy per call. Has the usual clamp against a clock that is behind.
 */
final class FloatScript implements Contender {

    private static final String SCRIPT =
            """
            local rate = tonumber(ARGV[1])
            local capacity = tonumber(ARGV[2])
            local now = tonumber(ARGV[3])
            local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
            local tokens = tonumber(bucket[1]) or capacity
            local at = tonumber(bucket[2]) or now
            tokens = math.min(capacity, tokens + math.max(0, now - at) * rate)
            local allowed = 0
            if tokens >= 1 then
              tokens = tokens - 1
              allowed = 1
            end
            redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', ARGV[3])
            redis.call('EXPIRE', KEYS[1], math.ceil(capacity / rate) * 2)
            return allowed
            """;

    private final List<RedisClient> clients;
    private final List<RedisAsyncCommands<String, String>> gateways;
    private final String sha;
    private volatile long skewMicros;

    FloatScript(int port) {
        clients = List.of(client(port), client(port));
        gateways = clients.stream().map(client -> client.connect().async()).toList();
        sha = clients.get(0).connect().sync().scriptLoad(SCRIPT);
    }

    private static RedisClient client(int port) {
        return RedisClient.create("redis://127.0.0.1:" + port);
    }

    @Override
    public String name() {
        return "float-script";
    }

    @Override
    public void skew(long micros) {
        skewMicros = micros;
    }

    @Override
    public void ask(int gateway, Workload workload, int key, Ticket ticket) {
        ask(gateway, workload.limits(), 0, key, ticket);
    }

    private void ask(int gateway, List<Limit> limits, int at, int key, Ticket ticket) {
        Limit limit = limits.get(at);
        long micros = System.currentTimeMillis() * 1000 + (gateway == 0 ? 0 : skewMicros);
        gateways.get(gateway)
                .<Long>evalsha(
                        sha,
                        ScriptOutputType.INTEGER,
                        new String[] {"float:" + limit.name() + ":" + limit.identity(key)},
                        Integer.toString(limit.perSecond()),
                        Integer.toString(limit.capacity()),
                        Double.toString(micros / 1e6))
                .whenComplete(
                        (allowed, failure) -> {
                            if (failure != null) {
                                ticket.fail();
                            } else if (allowed == 1 && at + 1 < limits.size()) {
                                ask(gateway, limits, at + 1, key, ticket);
                            } else {
                                ticket.answer(allowed == 1);
                            }
                        });
    }

    @Override
    public void close() {
        clients.forEach(RedisClient::shutdown);
    }
}
