package io.sluice.auth.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.auth.Algorithm;
import io.sluice.auth.KeySetPolicy;
import io.sluice.auth.KeySetState.Plan;
import io.sluice.auth.TokenMint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** One fetch at a time, shared by all who wait. */
class FetchedKeysTest {

    private static final TokenMint ONE = TokenMint.ed25519("one");
    private static final TokenMint TWO = TokenMint.ed25519("two");

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private long now;
    private final AtomicInteger fetches = new AtomicInteger();
    private final AtomicReference<Sinks.One<String>> answer = new AtomicReference<>(Sinks.one());
    private final FetchedKeys keys =
            new FetchedKeys(
                    "https://id.example.com/",
                    Set.of(Algorithm.EdDSA),
                    Mono.defer(
                            () -> {
                                fetches.incrementAndGet();
                                return answer.get().asMono();
                            }),
                    KeySetPolicy.DEFAULT,
                    () -> now,
                    new SplittableRandom(7),
                    new KeyMeters(registry, "https://id.example.com/"));

    private void answers(TokenMint... mints) {
        answer.set(Sinks.one());
        answer.get().tryEmitValue(TokenMint.jwkSet(mints));
    }

    private void fails() {
        answer.set(Sinks.one());
        answer.get().tryEmitError(new IOException("refused"));
    }

    private Plan ask(String kid) {
        return keys.forToken(Algorithm.EdDSA, kid).block(Duration.ofSeconds(5));
    }

    private boolean knows(String kid) {
        return ask(kid) instanceof Plan.Use use && use.keys().knows(Algorithm.EdDSA, kid);
    }

    private void later(double seconds) {
        now += (long) (seconds * 1e9);
    }

    @Test
    void forToken_200ColdAtOnce_makeOneFetch() {
        List<Plan> plans = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            keys.forToken(Algorithm.EdDSA, "one").subscribe(plans::add);
        }
        assertThat(plans).isEmpty();
        answer.get().tryEmitValue(TokenMint.jwkSet(ONE));
        assertThat(plans).hasSize(200).allMatch(plan -> plan instanceof Plan.Use);
        assertThat(fetches).hasValue(1);
    }

    @Test
    void forToken_manyThreads_makeOneFetch() {
        answers(ONE);
        Long used =
                Flux.range(0, 1000)
                        .flatMap(
                                i ->
                                        Mono.defer(() -> keys.forToken(Algorithm.EdDSA, "x" + i))
                                                .subscribeOn(Schedulers.parallel()))
                        .count()
                        .block(Duration.ofSeconds(20));
        assertThat(used).isEqualTo(1000);
        // One for the cold start, one for the first unknown key.
        assertThat(fetches.get()).isBetween(1, 2);
    }

    @Test
    void forToken_thousandUnknownKeys_makeOneFetchPerHalfMinute() {
        answers(ONE);
        assertThat(knows("one")).isTrue();
        for (int i = 0; i < 1000; i++) {
            assertThat(knows("nine" + i)).isFalse();
            later(0.0299);
        }
        assertThat(fetches).hasValue(2);
        later(0.2);
        assertThat(knows("nine")).isFalse();
        assertThat(fetches).hasValue(3);
    }

    @Test
    void forToken_tenThousandUnknownKeysInAMinute_makeThreeFetchesAtMost() {
        answers(ONE);
        for (int i = 0; i < 10_000; i++) {
            assertThat(knows("nine" + i)).isFalse();
            later(0.006);
        }
        assertThat(fetches.get()).isBetween(1, 3);
    }

    @Test
    void forToken_tenMinutesOutage_noKnownKeyFails() {
        answers(ONE);
        assertThat(knows("one")).isTrue();
        fails();
        for (int second = 0; second < 600; second++) {
            later(1);
            assertThat(knows("one")).as("second %d", second).isTrue();
            assertThat(ask("nine")).isNotNull();
        }
        // Backing off to half a minute at most, so not a question a second.
        assertThat(fetches.get()).isBetween(10, 120);
    }

    @Test
    void forToken_newKey_isFoundAtFirstUse() {
        answers(ONE);
        assertThat(knows("one")).isTrue();
        answers(TWO);
        assertThat(knows("two")).isTrue();
        assertThat(knows("one")).isFalse();
    }

    @Test
    void now_withdrawnKey_isGoneAfterTheNextRefresh() {
        answers(ONE);
        assertThat(knows("one")).isTrue();
        answers(TWO);
        later(241);
        assertThat(keys.now(Algorithm.EdDSA, "one")).isNotNull();
        assertThat(fetches).hasValue(2);
        assertThat(keys.now(Algorithm.EdDSA, "one")).isNull();
        assertThat(keys.now(Algorithm.EdDSA, "two")).isNotNull();
    }

    @Test
    void forToken_outage_servesTheOldKeysForAnHour() {
        answers(ONE);
        assertThat(knows("one")).isTrue();
        fails();
        for (int minute = 1; minute < 60; minute++) {
            later(60);
            assertThat(knows("one")).as("minute %d", minute).isTrue();
        }
        later(60);
        assertThat(ask("one")).isInstanceOf(Plan.Unavailable.class);
        answers(ONE);
        later(31);
        assertThat(knows("one")).isTrue();
    }

    @Test
    void forToken_coldOutage_isUnavailableAndAsksSeldom() {
        fails();
        for (int i = 0; i < 100; i++) {
            assertThat(ask("one")).isInstanceOf(Plan.Unavailable.class);
        }
        assertThat(fetches).hasValue(1);
    }

    @Test
    void forToken_unusableAnswers_keepTheOldKeys() {
        answers(ONE);
        assertThat(knows("one")).isTrue();
        String rsaOnly = TokenMint.jwkSet(TokenMint.rsa("RS256", "one"));
        for (String bad : List.of("<html>", "{\"keys\":[]}", "", rsaOnly)) {
            answer.set(Sinks.one());
            answer.get().tryEmitValue(bad);
            later(301);
            assertThat(knows("one")).isTrue();
        }
        answer.set(Sinks.one());
        answer.get().tryEmitEmpty();
        later(301);
        assertThat(knows("one")).isTrue();
        assertThat(fetches).hasValue(6);
    }

    private double counted(String outcome) {
        return registry.get("sluice.auth.key.refreshes").tag("outcome", outcome).counter().count();
    }

    @Test
    void meters_fetchesAndAge_areShown() {
        keys.inUse();
        assertThat(registry.get("sluice.auth.key.age").gauge().value()).isNaN();
        answers(ONE);
        assertThat(knows("one")).isTrue();
        fails();
        later(301);
        assertThat(knows("one")).isTrue();
        answer.set(Sinks.one());
        answer.get().tryEmitValue("<html>");
        later(31);
        assertThat(knows("one")).isTrue();
        assertThat(counted("fetched")).isEqualTo(1);
        assertThat(counted("failed")).isEqualTo(1);
        assertThat(counted("rejected")).isEqualTo(1);
        assertThat(registry.get("sluice.auth.key.age").gauge().value()).isEqualTo(332);
    }

    @Test
    void forToken_waiterCancels_theFetchGoesOn() {
        keys.forToken(Algorithm.EdDSA, "one").subscribe().dispose();
        answer.get().tryEmitValue(TokenMint.jwkSet(ONE));
        assertThat(keys.now(Algorithm.EdDSA, "one")).isNotNull();
        assertThat(fetches).hasValue(1);
    }
}
