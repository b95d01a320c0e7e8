package io.sluice.auth.spring;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.auth.Identity;
import io.sluice.auth.RevocationQuery;
import io.sluice.auth.RevocationStore;
import io.sluice.auth.Standing;
import io.sluice.auth.Standing.Answer;
import io.sluice.ratelimit.CircuitBreaker;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Asks the revocation store, at most once a second for each remembered identity. A store that does
 * not answer is left alone for a moment, so that it holds up few requests. Thread-safe; never
 * blocks.
 */
final class RevocationCheck {

    private static final Logger LOG = LoggerFactory.getLogger(RevocationCheck.class);
    private static final int FAILURES = 3;
    private static final Duration PROBE_INTERVAL = Duration.ofMillis(250);

    /** A store that left so many probes in a row unanswered is asked over a new connection. */
    private static final int PROBES_PER_CONNECTION = 4;

    private static final Mono<Answer> CLEAR = Mono.just(Answer.CLEAR);

    private final @Nullable RevocationStore store;
    private final LongSupplier nanoClock;
    private final CircuitBreaker breaker;
    private final AtomicInteger probesLost = new AtomicInteger();

    /**
     * By the identity itself, not by what it says: a remembered token gives the same one each time,
     * and its standing goes with it.
     */
    private final Cache<Identity, Standing> standings;

    private final Map<Identity, CompletableFuture<Answer>> underWay = new ConcurrentHashMap<>();

    /**
     * @param store null where nothing is ever revoked
     * @param size how many standings are remembered
     */
    RevocationCheck(@Nullable RevocationStore store, int size, LongSupplier nanoClock) {
        this.store = store;
        this.nanoClock = nanoClock;
        this.breaker =
                new CircuitBreaker(FAILURES, PROBE_INTERVAL, nanoClock, RevocationCheck::say);
        this.standings =
                Caffeine.newBuilder().weakKeys().maximumSize(size).executor(Runnable::run).build();
    }

    /** One that finds nothing revoked. */
    static RevocationCheck off() {
        return new RevocationCheck(null, 0, () -> 0);
    }

    /** The answer at once, or null where the store must be asked. */
    @Nullable Answer now(Identity identity) {
        if (store == null) {
            return Answer.CLEAR;
        }
        Standing last = standings.getIfPresent(identity);
        return last != null && last.isFresh(nanoClock.getAsLong()) ? last.answer() : null;
    }

    /**
     * The store's answer; never an error. One question at a time for an identity, which all who
     * need its answer share and none of them can cancel.
     */
    Mono<Answer> ask(Identity identity) {
        RevocationStore asked = store;
        if (asked == null) {
            return CLEAR;
        }
        if (breaker.isOpen() && !breaker.probeIsDue()) {
            return Mono.just(Standing.withoutStore(standings.getIfPresent(identity)));
        }
        CompletableFuture<Answer> mine = new CompletableFuture<>();
        CompletableFuture<Answer> running = underWay.putIfAbsent(identity, mine);
        if (running == null) {
            put(asked, identity, mine);
        }
        return Mono.fromFuture(running == null ? mine : running, true);
    }

    private void put(RevocationStore asked, Identity identity, CompletableFuture<Answer> mine) {
        RevocationQuery query = RevocationQuery.of(identity);
        long now = nanoClock.getAsLong();
        revoked(asked, query)
                .whenComplete(
                        (revoked, failure) -> {
                            Answer answer =
                                    failure == null
                                            ? answered(identity, revoked, now)
                                            : failed(asked, identity);
                            underWay.remove(identity, mine);
                            mine.complete(answer);
                        });
    }

    private static CompletionStage<Boolean> revoked(RevocationStore asked, RevocationQuery query) {
        try {
            return asked.values(query.names()).thenApply(query::isRevokedBy);
        } catch (RuntimeException thrown) {
            return CompletableFuture.failedFuture(thrown);
        }
    }

    private Answer answered(Identity identity, boolean revoked, long askedAtNanos) {
        breaker.succeeded();
        probesLost.set(0);
        Standing standing = new Standing(revoked, askedAtNanos);
        standings.put(identity, standing);
        return standing.answer();
    }

    private Answer failed(RevocationStore asked, Identity identity) {
        boolean probe = breaker.isOpen();
        breaker.failed();
        if (probe && probesLost.incrementAndGet() % PROBES_PER_CONNECTION == 0) {
            asked.renew();
        }
        return Standing.withoutStore(standings.getIfPresent(identity));
    }

    private static void say(boolean open) {
        if (open) {
            LOG.warn(
                    "Redis does not answer. What is revoked cannot be asked; routes follow their"
                            + " on-revocation-failure");
        } else {
            LOG.info("Redis answers again and says what is revoked");
        }
    }
}
