package io.sluice.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.sluice.it.Together;
import io.sluice.ratelimit.BucketShape;
import io.sluice.ratelimit.BucketState;
import io.sluice.ratelimit.InMemoryBuckets;
import io.sluice.ratelimit.TokenBucket;
import io.sluice.ratelimit.TokenBucket.Outcome;
import io.sluice.ratelimit.TokenBucket.Slot;
import io.sluice.ratelimit.TokenBucket.Step;
import io.sluice.ratelimit.TokenBucketContract;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The script keeps the contract of the step, and is equal to its Java twin bit for bit. */
@Together
class DecideScriptIT extends TokenBucketContract {

    private static final String CLOCK =
            "local time = redis.call('TIME')\nlocal now = time[1] * 1000000 + time[2]\n";
    private static final String EXPIRY = "redis.call('PEXPIRE', KEYS[i], ";

    private static RedisProcess redis;
    private static RedisClient client;
    private static StatefulRedisConnection<String, String> connection;
    private static String script;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        client = RedisClient.create("redis://127.0.0.1:" + redis.port());
        connection = client.connect();
        script = new String(DecideScript.shipped().text(), StandardCharsets.UTF_8);
        // The clock comes with the call, and the expiry is noted down instead of coming true.
        assertThat(script).containsOnlyOnce(CLOCK).containsOnlyOnce(EXPIRY);
        script =
                script.replace(CLOCK, "local now = tonumber(ARGV[#ARGV])\n")
                        .replace(EXPIRY, "redis.call('HSET', KEYS[i], 'ttl', ");
    }

    @AfterAll
    static void stop() {
        client.shutdown(0, 1, TimeUnit.SECONDS);
        redis.close();
    }

    @BeforeEach
    void flush() {
        connection.sync().flushall();
    }

    private static String key(String name) {
        return "ratelimit:{test}:" + name;
    }

    private static String[] arguments(List<Slot> slots, long permits, long now) {
        List<String> arguments = new ArrayList<>();
        arguments.add("" + permits);
        for (Slot slot : slots) {
            BucketShape shape = slot.shape();
            arguments.add("" + shape.capacity());
            arguments.add("" + shape.gain());
            arguments.add("" + shape.scale());
            arguments.add("" + slot.cost());
            arguments.add(slot.enforced() ? "1" : "0");
        }
        arguments.add("" + now);
        return arguments.toArray(String[]::new);
    }

    private static Step step(List<Slot> slots, long permits, List<Long> reply) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < slots.size(); i++) {
            int at = 1 + 3 * i;
            outcomes.add(
                    TokenBucket.outcome(
                            slots.get(i).shape(),
                            slots.get(i).cost(),
                            new TokenBucket.Reading(
                                    reply.get(at), reply.get(at + 1), reply.get(at + 2)),
                            permits));
        }
        assertThat(reply).hasSize(1 + 3 * slots.size());
        return new Step(reply.get(0), outcomes);
    }

    private static @Nullable BucketState state(Map<String, String> hash) {
        if (hash.isEmpty()) {
            return null;
        }
        String[] fraction = hash.get("fraction").split("/");
        return new BucketState(
                Long.parseLong(hash.get("tokens")),
                Long.parseLong(fraction[0]),
                Long.parseLong(fraction[1]),
                Long.parseLong(hash.get("last_refill")));
    }

    @Override
    protected Bench bench() {
        return new Bench() {
            @Override
            public Step step(List<String> names, List<Slot> slots, long permits, long now) {
                String[] keys = names.stream().map(DecideScriptIT::key).toArray(String[]::new);
                return DecideScriptIT.step(
                        slots,
                        permits,
                        connection
                                .sync()
                                .eval(
                                        script,
                                        ScriptOutputType.MULTI,
                                        keys,
                                        arguments(slots, permits, now)));
            }

            @Override
            public @Nullable BucketState state(String name) {
                return DecideScriptIT.state(connection.sync().hgetall(key(name)));
            }

            @Override
            public void put(String name, BucketState state) {
                connection
                        .sync()
                        .hset(
                                key(name),
                                Map.of(
                                        "tokens", "" + state.tokens(),
                                        "last_refill", "" + state.lastMicros(),
                                        "fraction", state.fraction() + "/" + state.scale()));
            }
        };
    }

    @Test
    void script_hundredThousandRandomSteps_equalsItsTwin() throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        RedisAsyncCommands<String, String> redis = connection.async();
        String sha = connection.sync().scriptLoad(script);
        InMemoryBuckets twin = new InMemoryBuckets();
        int batch = 1000;
        long now = 1_790_000_000_000_000L;
        for (int done = 0; done < 100_000; done += batch) {
            List<RedisFuture<List<Long>>> replies = new ArrayList<>();
            List<Step> expected = new ArrayList<>();
            List<String> asked = new ArrayList<>();
            List<List<Slot>> slotsAsked = new ArrayList<>();
            List<Long> permitsAsked = new ArrayList<>();
            for (int i = 0; i < batch; i++) {
                now += random.nextInt(20) == 0 ? -random.nextLong(5_000_000) : gap(random);
                List<String> names = names(random);
                List<Slot> slots = slots(random, names.size());
                long permits =
                        random.nextInt(10) == 0 ? -random.nextLong(1, 3) : random.nextLong(1, 4);
                String[] keys = names.stream().map(DecideScriptIT::key).toArray(String[]::new);
                replies.add(
                        redis.evalsha(
                                sha, ScriptOutputType.MULTI, keys, arguments(slots, permits, now)));
                Step step = twin.step(names, slots, permits, now);
                expected.add(step);
                slotsAsked.add(slots);
                permitsAsked.add(permits);
                asked.add(names + " " + slots + " " + permits + " at " + now);
            }
            LettuceFutures.awaitAll(Duration.ofSeconds(30), replies.toArray(new RedisFuture<?>[0]));
            for (int i = 0; i < batch; i++) {
                assertThat(step(slotsAsked.get(i), permitsAsked.get(i), replies.get(i).get()))
                        .as("seed %d, step %d: %s", seed, done + i, asked.get(i))
                        .isEqualTo(withoutStates(expected.get(i)));
            }
            for (int k = 0; k < KEYS; k++) {
                assertThat(state(connection.sync().hgetall(key("k" + k))))
                        .as("seed %d, after step %d", seed, done + batch)
                        .isEqualTo(twin.state("k" + k));
            }
        }
    }

    private static final int KEYS = 6;

    private static long gap(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextLong(50);
            case 2 -> random.nextLong(2_000_000);
            default -> random.nextLong(200_000_000);
        };
    }

    private static List<String> names(SplittableRandom random) {
        List<String> names = new ArrayList<>();
        int first = random.nextInt(KEYS);
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            names.add("k" + (first + i) % KEYS);
        }
        return names;
    }

    private static List<Slot> slots(SplittableRandom random, int count) {
        List<Slot> slots = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            BucketShape shape =
                    switch (random.nextInt(6)) {
                        case 0 -> BucketShape.of(10, 3, 1_000_000);
                        case 1 -> BucketShape.of(100, 7, 60_000_000);
                        case 2 -> BucketShape.of(5, 0, 1);
                        case 3 -> BucketShape.of(1000, 10_000_000, 1_000_000);
                        case 4 -> new BucketShape((1L << 53) / 1_000_003 - 1, 999_983, 1_000_003);
                        default ->
                                BucketShape.of(
                                        random.nextLong(1, 50),
                                        random.nextLong(1, 1000),
                                        random.nextLong(1, 100_000_000));
                    };
            slots.add(new Slot(shape, null, random.nextLong(0, 7), random.nextInt(5) != 0));
        }
        return slots;
    }

    private static Step withoutStates(Step step) {
        return new Step(
                step.granted(),
                step.outcomes().stream()
                        .map(
                                o ->
                                        new Outcome(
                                                null,
                                                o.reading(),
                                                o.exceeded(),
                                                o.remaining(),
                                                o.nextMicros(),
                                                o.resetMicros(),
                                                o.retryMicros()))
                        .toList());
    }

    /** P11, as noted down: full at the written time plus a second of slack. */
    @Test
    void expiry_written_isTimeToFullAndASecond() {
        BucketShape shape = shape(3, 3, Duration.ofSeconds(1));
        bench().step(List.of("a"), List.of(new Slot(shape, null, 1, true)), 1, 0);
        assertThat(connection.sync().hget(key("a"), "ttl")).isEqualTo("1334");
        bench().step(List.of("a"), List.of(new Slot(shape, null, 2, true)), 1, 0);
        assertThat(connection.sync().hget(key("a"), "ttl")).isEqualTo("2000");
    }

    /** Vector 12 */
    @Test
    void bucket_unreadable_isAnErrorAndStaysAsItIs() {
        Map<String, Map<String, String>> broken = new HashMap<>();
        broken.put("text", Map.of("tokens", "many", "last_refill", "1"));
        broken.put("fractional", Map.of("tokens", "1.5", "last_refill", "1"));
        broken.put("negative", Map.of("tokens", "-1", "last_refill", "1"));
        broken.put("nan", Map.of("tokens", "nan", "last_refill", "1"));
        broken.put("infinite", Map.of("tokens", "inf", "last_refill", "1"));
        broken.put("halfA", Map.of("tokens", "1"));
        broken.put("halfB", Map.of("last_refill", "1"));
        broken.put(
                "overfull",
                Map.of("tokens", "1", "last_refill", "1", "fraction", "1000000/1000000"));
        BucketShape shape = shape(3, 3, Duration.ofSeconds(1));
        broken.forEach(
                (name, hash) -> {
                    connection.sync().hset(key(name), hash);
                    assertThatThrownBy(
                                    () ->
                                            bench().step(
                                                            List.of("fine", name),
                                                            List.of(
                                                                    new Slot(shape, null, 1, true),
                                                                    new Slot(shape, null, 1, true)),
                                                            1,
                                                            5))
                            .as(name)
                            .hasMessageContaining("SLUICE");
                    assertThat(connection.sync().hgetall(key(name))).isEqualTo(hash);
                    assertThat(connection.sync().exists(key("fine"))).isZero();
                });
        connection.sync().set(key("string"), "x");
        assertThatThrownBy(
                        () ->
                                bench().step(
                                                List.of("string"),
                                                List.of(new Slot(shape, null, 1, true)),
                                                1,
                                                5))
                .hasMessageContaining("WRONGTYPE");
    }

    @Test
    void bucket_withoutFraction_countsWholeTokens() {
        connection.sync().hset(key("a"), Map.of("tokens", "2", "last_refill", "0"));
        BucketShape shape = shape(3, 3, Duration.ofSeconds(1));
        Outcome outcome =
                bench().step(List.of("a"), List.of(new Slot(shape, null, 1, true)), 1, 0)
                        .outcomes()
                        .get(0);
        assertThat(outcome.remaining()).isEqualTo(1);
    }
}
