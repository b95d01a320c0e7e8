package io.sluice.auth.spring;

import io.sluice.auth.Algorithm;
import io.sluice.auth.KeyReader;
import io.sluice.auth.KeyReading;
import io.sluice.auth.KeySet;
import io.sluice.auth.KeySetPolicy;
import io.sluice.auth.KeySetState;
import io.sluice.auth.KeySetState.Plan;
import io.sluice.auth.spring.KeyMeters.Outcome;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * An issuer's keys from its JWK set URI. {@link KeySetState} decides when to fetch and what to
 * keep; this class keeps at most one fetch under way, which all who need it share and none of them
 * can cancel.
 */
final class FetchedKeys implements IssuerKeys {

    private static final Logger LOG = LoggerFactory.getLogger(FetchedKeys.class);

    private final String issuer;
    private final Set<Algorithm> algorithms;
    private final Mono<String> fetch;
    private final LongSupplier nanoClock;
    private final RandomGenerator random;
    private final KeyMeters meters;
    private final AtomicReference<Sinks.@Nullable Empty<Void>> flight = new AtomicReference<>();
    private volatile KeySetState state;

    /**
     * @param algorithms the issuer's; a set that serves none of them is as bad as none
     * @param fetch the text of the JWK set; bounded in size and time
     */
    FetchedKeys(
            String issuer,
            Set<Algorithm> algorithms,
            Mono<String> fetch,
            KeySetPolicy policy,
            LongSupplier nanoClock,
            RandomGenerator random,
            KeyMeters meters) {
        this.issuer = issuer;
        this.algorithms = Set.copyOf(algorithms);
        this.fetch = fetch;
        this.nanoClock = nanoClock;
        this.random = random;
        this.meters = meters;
        this.state = KeySetState.initial(policy);
    }

    @Override
    public void inUse() {
        meters.showAge(() -> state.ageSeconds(nanoClock.getAsLong()));
    }

    @Override
    public @Nullable KeySet now(Algorithm algorithm, @Nullable String kid) {
        KeySetState planned = state;
        if (planned.plan(nanoClock.getAsLong(), algorithm, kid) instanceof Plan.Use use) {
            if (use.refresh()) {
                refresh(planned, false);
            }
            return use.keys();
        }
        return null;
    }

    @Override
    public @Nullable KeySet held(Algorithm algorithm, @Nullable String kid) {
        return state.plan(nanoClock.getAsLong(), algorithm, kid) instanceof Plan.Use use
                ? use.keys()
                : null;
    }

    @Override
    public Mono<Plan> forToken(Algorithm algorithm, @Nullable String kid) {
        KeySetState planned = state;
        Plan plan = planned.plan(nanoClock.getAsLong(), algorithm, kid);
        if (plan instanceof Plan.Await await) {
            return refresh(planned, await.unknownKey())
                    .then(Mono.fromSupplier(() -> settled(algorithm, kid)));
        }
        if (plan instanceof Plan.Use use && use.refresh()) {
            refresh(planned, false);
        }
        return Mono.just(plan);
    }

    @Override
    public boolean failing() {
        return state.failures() > 0;
    }

    private Plan settled(Algorithm algorithm, @Nullable String kid) {
        return state.settled(nanoClock.getAsLong(), algorithm, kid);
    }

    /** The end of the fetch under way, which is started unless there is one already. */
    private Mono<Void> refresh(KeySetState planned, boolean unknownKey) {
        Sinks.Empty<Void> mine = Sinks.empty();
        Sinks.Empty<Void> running = flight.compareAndExchange(null, mine);
        if (running != null) {
            return running.asMono();
        }
        if (state != planned) {
            // A fetch has started and ended since the plan was made: its outcome will do.
            finish(mine);
            return Mono.empty();
        }
        state = planned.started(nanoClock.getAsLong(), unknownKey);
        fetch.subscribe(
                json -> {
                    received(KeyReader.jwkSet(json, algorithms));
                    finish(mine);
                },
                failure -> {
                    failed(Outcome.FAILED, failure.getClass().getSimpleName());
                    finish(mine);
                },
                () -> {
                    if (flight.get() == mine) {
                        failed(Outcome.REJECTED, "empty answer");
                        finish(mine);
                    }
                });
        return mine.asMono();
    }

    private void finish(Sinks.Empty<Void> mine) {
        flight.set(null);
        mine.tryEmitEmpty();
    }

    private void received(KeyReading reading) {
        if (reading instanceof KeyReading.Usable usable) {
            meters.count(Outcome.FETCHED);
            if (state.failures() > 0) {
                LOG.info("Keys of issuer {} can be fetched again", issuer);
            }
            state = state.succeeded(usable.keys(), nanoClock.getAsLong(), random);
        } else if (reading instanceof KeyReading.Unusable unusable) {
            failed(Outcome.REJECTED, "expected " + unusable.expected());
        }
    }

    private void failed(Outcome outcome, String reason) {
        meters.count(outcome);
        if (state.failures() == 0) {
            LOG.warn("Keys of issuer {} cannot be fetched: {}", issuer, reason);
        }
        state = state.failed(nanoClock.getAsLong(), random);
    }
}
