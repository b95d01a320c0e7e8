package io.sluice.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.auth.KeySetState.Plan;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * When an issuer's keys are used, fetched, waited for or given up; by a clock that is set by hand.
 */
class KeySetStateTest {

    private static final RandomGenerator RANDOM = new SplittableRandom(42);
    private static final KeySet KEYS = set(TokenMint.ed25519("one"));
    private static final KeySet LATER = set(TokenMint.ed25519("two"));
    private static final Plan.Await AWAIT = new Plan.Await(false);
    private static final Plan.Await AWAIT_UNKNOWN = new Plan.Await(true);

    private static KeySet set(TokenMint mint) {
        return ((KeyReading.Usable) KeyReader.jwkSet(TokenMint.jwkSet(mint))).keys();
    }

    private static long at(double seconds) {
        return (long) (seconds * 1e9);
    }

    private static KeySetState initial() {
        return KeySetState.initial(KeySetPolicy.DEFAULT);
    }

    private static KeySetState fetchedAt(double seconds) {
        return initial().started(at(seconds), false).succeeded(KEYS, at(seconds), RANDOM);
    }

    private static Plan plan(KeySetState state, double seconds) {
        return state.plan(at(seconds), Algorithm.EdDSA, "one");
    }

    private static Plan planUnknown(KeySetState state, double seconds) {
        return state.plan(at(seconds), Algorithm.EdDSA, "nine");
    }

    @Test
    void ageSeconds_countsFromTheFetch() {
        KeySetState none = KeySetState.initial(KeySetPolicy.DEFAULT);
        assertThat(none.ageSeconds(5)).isNaN();
        KeySet keys = KeySet.named(List.of());
        KeySetState some = none.succeeded(keys, 1_000_000_000L, new SplittableRandom(1));
        assertThat(some.ageSeconds(3_500_000_000L)).isEqualTo(2.5);
    }

    @Test
    void plan_nothingFetched_waits() {
        assertThat(plan(initial(), 5)).isEqualTo(AWAIT);
    }

    @Test
    void plan_fresh_usesWithoutFetching() {
        assertThat(plan(fetchedAt(0), 200)).isEqualTo(new Plan.Use(KEYS, false));
    }

    @Test
    void plan_nearTheEnd_usesAndFetches() {
        assertThat(plan(fetchedAt(0), 241)).isEqualTo(new Plan.Use(KEYS, true));
    }

    @Test
    void plan_manyGateways_refreshAtDifferentTimes() {
        boolean early = false;
        boolean late = false;
        for (int i = 0; i < 50; i++) {
            boolean due = plan(fetchedAt(0), 228).equals(new Plan.Use(KEYS, true));
            early |= due;
            late |= !due;
        }
        assertThat(early && late).as("seed 42").isTrue();
    }

    @Test
    void plan_afterFresh_waits() {
        assertThat(plan(fetchedAt(0), 300)).isEqualTo(AWAIT);
    }

    @Test
    void plan_afterFreshAndFetchFailed_usesTheOldAndFetchesAfterPause() {
        KeySetState state = fetchedAt(0).failed(at(300), RANDOM);
        assertThat(plan(state, 300.1)).isEqualTo(new Plan.Use(KEYS, false));
        assertThat(plan(state, 302)).isEqualTo(new Plan.Use(KEYS, true));
        assertThat(plan(state, 3599)).isEqualTo(new Plan.Use(KEYS, true));
    }

    @Test
    void plan_olderThanStale_isNotUsed() {
        KeySetState state = fetchedAt(0).failed(at(3599.9), RANDOM);
        assertThat(plan(state, 3600)).isInstanceOf(Plan.Unavailable.class);
        assertThat(plan(state, 3700)).isEqualTo(AWAIT);
        assertThat(state.settled(at(3700), Algorithm.EdDSA, "one"))
                .isInstanceOf(Plan.Unavailable.class);
    }

    @Test
    void plan_coldAndFetchFailed_isUnavailableUntilThePauseEnds() {
        KeySetState state = initial().started(0, false).failed(0, RANDOM);
        assertThat(plan(state, 0.1)).isEqualTo(new Plan.Unavailable(Duration.ofSeconds(1)));
        assertThat(plan(state, 1)).isEqualTo(AWAIT);
    }

    @Test
    void failed_again_pausesLongerUpToTheMost() {
        KeySetState state = initial();
        Duration longest = Duration.ZERO;
        for (int i = 0; i < 200; i++) {
            state = state.failed(0, RANDOM);
            Plan.Unavailable plan = (Plan.Unavailable) plan(state, 0);
            assertThat(plan.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(30));
            longest = plan.retryAfter().compareTo(longest) > 0 ? plan.retryAfter() : longest;
        }
        assertThat(state.failures()).isEqualTo(200);
        assertThat(longest).isGreaterThan(Duration.ofSeconds(20));
    }

    @Test
    void plan_unknownKey_waitsOncePerInterval() {
        KeySetState state = fetchedAt(0);
        assertThat(planUnknown(state, 10)).isEqualTo(AWAIT_UNKNOWN);
        state = state.started(at(10), true).succeeded(KEYS, at(10.1), RANDOM);
        assertThat(planUnknown(state, 10.2)).isEqualTo(new Plan.Use(KEYS, false));
        assertThat(planUnknown(state, 39.9)).isEqualTo(new Plan.Use(KEYS, false));
        assertThat(planUnknown(state, 40)).isEqualTo(AWAIT_UNKNOWN);
    }

    @Test
    void plan_unknownKeyWhileFetchingFails_isUnavailable() {
        KeySetState state = fetchedAt(0).started(at(10), true).failed(at(10.1), RANDOM);
        assertThat(planUnknown(state, 10.2)).isInstanceOf(Plan.Unavailable.class);
        assertThat(plan(state, 10.2)).isEqualTo(new Plan.Use(KEYS, false));
        assertThat(planUnknown(state, 20)).isInstanceOf(Plan.Unavailable.class);
        assertThat(planUnknown(state, 41)).isEqualTo(AWAIT_UNKNOWN);
        assertThat(state.settled(at(10.2), Algorithm.EdDSA, "nine"))
                .isInstanceOf(Plan.Unavailable.class);
        assertThat(state.settled(at(10.2), Algorithm.EdDSA, "one"))
                .isEqualTo(new Plan.Use(KEYS, false));
    }

    @Test
    void succeeded_withdrawnKey_isGone() {
        KeySetState state = fetchedAt(0).succeeded(LATER, at(240), RANDOM);
        Plan.Use use = (Plan.Use) state.settled(at(241), Algorithm.EdDSA, "one");
        assertThat(use.keys()).isSameAs(LATER);
        assertThat(use.keys().knows(Algorithm.EdDSA, "one")).isFalse();
    }

    @Test
    void succeeded_afterFailures_forgetsThem() {
        KeySetState state = fetchedAt(0).failed(at(300), RANDOM).failed(at(302), RANDOM);
        assertThat(state.succeeded(KEYS, at(310), RANDOM).failures()).isZero();
    }

    @Test
    void settled_nothingFetched_isUnavailable() {
        assertThat(initial().settled(0, Algorithm.EdDSA, "one"))
                .isEqualTo(new Plan.Unavailable(Duration.ofSeconds(1)));
    }

    @Test
    void plan_clockBeyondOverflow_staysRight() {
        long near = Long.MAX_VALUE - at(1);
        KeySetState state = initial().succeeded(KEYS, near, RANDOM);
        assertThat(state.plan(near + at(100), Algorithm.EdDSA, "one"))
                .isEqualTo(new Plan.Use(KEYS, false));
        assertThat(state.plan(near + at(400), Algorithm.EdDSA, "one")).isEqualTo(AWAIT);
    }

    @Test
    void policy_contradictions_areRefused() {
        Duration one = Duration.ofSeconds(1);
        Duration two = Duration.ofSeconds(2);
        assertThatThrownBy(() -> new KeySetPolicy(one, one, two, one, one, two))
                .hasMessageContaining("fresh");
        assertThatThrownBy(() -> new KeySetPolicy(two, one, one, one, one, two))
                .hasMessageContaining("fresh");
        assertThatThrownBy(() -> new KeySetPolicy(two, one, two, one, two, one))
                .hasMessageContaining("minBackoff");
        assertThatThrownBy(() -> new KeySetPolicy(two, one, two, one, Duration.ZERO, one))
                .hasMessageContaining("minBackoff");
        assertThatThrownBy(() -> new KeySetPolicy(two, one, two, one, one.negated(), one))
                .hasMessageContaining("minBackoff");
    }
}
