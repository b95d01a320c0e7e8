package io.sluice.auth.spring;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.auth.IntrospectionReader;
import io.sluice.auth.RememberedAnswer;
import io.sluice.auth.TokenHash;
import io.sluice.auth.Verification;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Decides opaque tokens by their introspection endpoint. One question at a time per token, which
 * all who need its answer share and none of them can cancel; a bounded number in all, beyond which
 * a request is told to come again. Good answers and refusals are remembered apart, so that a flood
 * of bad tokens pushes no good one out. Tokens are kept as hashes only. Thread-safe; never blocks.
 */
final class Introspection implements AutoCloseable {

    /** Asks about a token; bounded in size and time. */
    interface Endpoint extends AutoCloseable {
        Mono<String> ask(String token);

        @Override
        default void close() {}
    }

    private static final Logger LOG = LoggerFactory.getLogger(Introspection.class);
    private static final int MAX_REFUSALS = 1_000;
    private static final Verification BUSY = new Verification.Unavailable(Duration.ofSeconds(1));

    private final Endpoint endpoint;
    private final IntrospectionReader reader;
    private final Duration remember;
    private final InstantSource clock;
    private final LongSupplier nanoClock;
    private final Scheduler scheduler;
    private final Cache<TokenHash, RememberedAnswer> good;
    private final Cache<TokenHash, RememberedAnswer> refused;
    private final Map<TokenHash, Sinks.One<Verification>> asked = new ConcurrentHashMap<>();
    private final AtomicBoolean failing = new AtomicBoolean();

    /**
     * @param endpoint closed with this
     * @param remember how long an answer serves, 0 or longer
     * @param size how many good answers are remembered
     * @param scheduler where answers are read
     */
    Introspection(
            Endpoint endpoint,
            IntrospectionReader reader,
            Duration remember,
            int size,
            InstantSource clock,
            LongSupplier nanoClock,
            Scheduler scheduler) {
        this.endpoint = endpoint;
        this.reader = reader;
        this.remember = remember;
        this.clock = clock;
        this.nanoClock = nanoClock;
        this.scheduler = scheduler;
        this.good = Caffeine.newBuilder().maximumSize(size).executor(Runnable::run).build();
        this.refused =
                Caffeine.newBuilder().maximumSize(MAX_REFUSALS).executor(Runnable::run).build();
    }

    /** The token's identity, if a remembered answer gives it and may still serve. */
    Verification.@Nullable Verified known(String token) {
        return remembered(good, TokenHash.of(token)) instanceof Verification.Verified known
                ? known
                : null;
    }

    Mono<Verification> check(String token) {
        TokenHash hash = TokenHash.of(token);
        Verification known = remembered(good, hash);
        if (known == null) {
            known = remembered(refused, hash);
        }
        return known == null ? ask(token, hash) : Mono.just(known);
    }

    private @Nullable Verification remembered(
            Cache<TokenHash, RememberedAnswer> cache, TokenHash hash) {
        RememberedAnswer answer = cache.getIfPresent(hash);
        if (answer == null) {
            return null;
        }
        if (answer.servesAt(nanoClock.getAsLong(), clock.instant())) {
            return answer.verification();
        }
        cache.invalidate(hash);
        return null;
    }

    private Mono<Verification> ask(String token, TokenHash hash) {
        Sinks.One<Verification> mine = Sinks.one();
        Sinks.One<Verification> running = asked.putIfAbsent(hash, mine);
        if (running != null) {
            return running.asMono();
        }
        if (asked.size() > IntrospectionClient.MAX_CONCURRENT) {
            finish(hash, mine, BUSY);
            return mine.asMono();
        }
        endpoint.ask(token)
                .publishOn(scheduler)
                .map(reader::read)
                .defaultIfEmpty(BUSY)
                .onErrorResume(failure -> Mono.just(failed(failure)))
                .subscribe(answer -> finish(hash, mine, answer));
        return mine.asMono();
    }

    private void finish(TokenHash hash, Sinks.One<Verification> mine, Verification answer) {
        if (!(answer instanceof Verification.Unavailable)) {
            RememberedAnswer kept = RememberedAnswer.of(answer, remember, nanoClock.getAsLong());
            (answer instanceof Verification.Verified ? good : refused).put(hash, kept);
            if (failing.compareAndSet(true, false)) {
                LOG.info("The introspection endpoint answers again");
            }
        }
        asked.remove(hash, mine);
        mine.tryEmitValue(answer);
    }

    @Override
    public void close() {
        endpoint.close();
    }

    private Verification failed(Throwable failure) {
        if (failing.compareAndSet(false, true)) {
            LOG.warn("The introspection endpoint fails: {}", failure.getClass().getSimpleName());
        }
        return BUSY;
    }
}
