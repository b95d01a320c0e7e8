package io.sluice.ratelimit.bench;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.github.bucket4j.redis.lettuce.RedisApi;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bucket4j over Lettuce: a bucket is read, decided here and written back where nobody else wrote
 * meanwhile. A bucket is looked up for each question, as Spring Cloud Gateway's adapter does.
 */
final class Bucket4j implements Contender {

    private final RedisClient client;
    private final LongAdder gets = new LongAdder();
    private final Map<Limit, BucketConfiguration> configurations = new ConcurrentHashMap<>();
    private final List<AsyncProxyManager<byte[]>> gateways;
    private volatile long skewMicros;

    Bucket4j(int port) {
        client = RedisClient.create("redis://127.0.0.1:" + port);
        gateways = List.of(gateway(0), gateway(1));
    }

    private AsyncProxyManager<byte[]> gateway(int number) {
        return new Bucket4jLettuce.LettuceBasedProxyManagerBuilder<>(
                        new Counting<>(client.connect(ByteArrayCodec.INSTANCE).async()))
                .expirationAfterWrite(
                        ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(
                                Duration.ofSeconds(1)))
                .clientClock(new Clock(number))
                .requestTimeout(RateLimitBench.PATIENT)
                .build()
                .asAsync();
    }

    @Override
    public String name() {
        return "bucket4j";
    }

    @Override
    public void skew(long micros) {
        skewMicros = micros;
    }

    @Override
    public long plainCommands() {
        return gets.sum();
    }

    @Override
    public void ask(int gateway, Workload workload, int key, Ticket ticket) {
        ask(gateways.get(gateway), workload.limits(), 0, key)
                .whenComplete(
                        (allowed, failure) -> {
                            if (failure == null) {
                                ticket.answer(allowed);
                            } else {
                                ticket.fail();
                            }
                        });
    }

    private CompletableFuture<Boolean> ask(
            AsyncProxyManager<byte[]> gateway, List<Limit> limits, int at, int key) {
        Limit limit = limits.get(at);
        String bucket = "bucket4j:" + limit.name() + ":" + limit.identity(key);
        CompletableFuture<Boolean> one =
                gateway.builder()
                        .build(
                                bucket.getBytes(StandardCharsets.US_ASCII),
                                () -> CompletableFuture.completedFuture(configuration(limit)))
                        .tryConsumeAndReturnRemaining(1)
                        .thenApply(probe -> probe.isConsumed());
        return at + 1 == limits.size()
                ? one
                : one.thenCompose(
                        allowed ->
                                allowed
                                        ? ask(gateway, limits, at + 1, key)
                                        : CompletableFuture.completedFuture(false));
    }

    private BucketConfiguration configuration(Limit limit) {
        return configurations.computeIfAbsent(
                limit,
                l ->
                        BucketConfiguration.builder()
                                .addLimit(
                                        band ->
                                                band.capacity(l.capacity())
                                                        .refillGreedy(
                                                                l.perSecond(),
                                                                Duration.ofSeconds(1)))
                                .build());
    }

    @Override
    public void close() {
        client.shutdown();
    }

    /** The wall clock in microseconds, off by what is set for the second gateway. */
    private final class Clock implements TimeMeter {

        private final int gateway;

        Clock(int gateway) {
            this.gateway = gateway;
        }

        @Override
        public long currentTimeNanos() {
            long micros = System.currentTimeMillis() * 1000 + (gateway == 0 ? 0 : skewMicros);
            return micros * 1000;
        }

        @Override
        public boolean isWallClockBased() {
            return true;
        }
    }

    /** Its commands as Bucket4j itself would send them, and how many were reads. */
    private final class Counting<K> implements RedisApi<K> {

        private final RedisAsyncCommands<K, byte[]> commands;

        Counting(RedisAsyncCommands<K, byte[]> commands) {
            this.commands = commands;
        }

        @Override
        public <V> RedisFuture<V> eval(
                String script, ScriptOutputType type, K[] keys, byte[][] arguments) {
            return commands.eval(script, type, keys, arguments);
        }

        @Override
        public RedisFuture<byte[]> get(K key) {
            gets.increment();
            return commands.get(key);
        }

        @Override
        public RedisFuture<?> delete(K key) {
            return commands.del(key);
        }
    }
}
