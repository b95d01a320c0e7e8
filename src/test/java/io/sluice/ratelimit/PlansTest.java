package io.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlansTest {

    private static final BucketShape OWN = BucketShape.of(5, 1, 1_000_000);
    private static final BucketShape GOLD = BucketShape.of(8, 2, 1_000_000);
    private static final BucketShape FREE = BucketShape.of(2, 1, 1_000_000);
    private static final Plans PLANS = new Plans("tier", Map.of("gold", GOLD, "free", FREE));

    private final AtomicLong nanos = new AtomicLong();
    private final LocalStore store = new LocalStore(nanos::get, 1000);

    private static Policy policy(long cost) {
        return new Policy(
                "p",
                KeySpec.parse(List.of("user")),
                OWN,
                cost,
                OnStoreFailure.LOCAL,
                false,
                PLANS,
                Set.of("user:root"));
    }

    private static Request on(Map<String, String> claims) {
        return new Request("1", "192.0.2.1", null, Map.of(), claims, "r");
    }

    private static Demand demand(String tier) {
        return policy(1).demand("user:1", on(Map.of("tier", tier)));
    }

    private int admitted(Demand demand, int asked) {
        int admitted = 0;
        for (int i = 0; i < asked; i++) {
            admitted += store.decideNow(List.of(demand), 1).allowed() ? 1 : 0;
        }
        return admitted;
    }

    @Test
    void demand_claimNamesAPlan_isOfThatPlansSizeInABucketOfItsOwn() {
        assertThat(demand("gold").shape()).isEqualTo(GOLD);
        assertThat(demand("gold").bucket()).isEqualTo("ratelimit:{user:1}:p:gold");
        assertThat(demand("free").shape()).isEqualTo(FREE);
        assertThat(demand("free").bucket()).isEqualTo("ratelimit:{user:1}:p:free");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Gold", "silver", "", "gold,free"})
    void demand_claimNamesNone_isOfThePolicysOwnSize(String tier) {
        assertThat(demand(tier)).isEqualTo(policy(1).demand("user:1"));
        assertThat(demand(tier).shape()).isEqualTo(OWN);
        assertThat(demand(tier).bucket()).isEqualTo("ratelimit:{user:1}:p");
    }

    @Test
    void demand_noClaim_isOfThePolicysOwnSize() {
        assertThat(policy(1).demand("user:1", on(Map.of())).shape()).isEqualTo(OWN);
        Policy without = Limits.policy("p", 5, 1);
        assertThat(without.demand("user:1", on(Map.of("tier", "gold"))).shape()).isEqualTo(OWN);
    }

    @Test
    void bucket_planWithAnyName_isSafeAndMeetsNoOther() {
        String strange = "a:b{}\r\n \u00e9";
        Plans plans = new Plans("tier", Map.of(strange, GOLD));
        Policy policy =
                new Policy(
                        "p",
                        KeySpec.parse(List.of("user")),
                        OWN,
                        1,
                        OnStoreFailure.LOCAL,
                        false,
                        plans,
                        Set.of());
        assertThat(policy.demand("user:1", strange).bucket())
                .isEqualTo("ratelimit:{user:1}:p:a:b%7B%7D%0D%0A%20%C3%A9");
        assertThatThrownBy(() -> policy.demand("user:1", "other"))
                .hasMessageStartingWith("plan: other ");
    }

    /**
     * Who holds tokens of two plans has both buckets, each exact, however they are used in turn.
     */
    @Test
    void plans_usedInTurn_eachKeepsItsOwnBound() {
        int gold = 0;
        int free = 0;
        for (int second = 0; second <= 60; second++) {
            gold += admitted(demand("gold"), 20);
            free += admitted(demand("free"), 20);
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        }
        assertThat(gold).isEqualTo(8 + 2 * 60);
        assertThat(free).isEqualTo(2 + 60);
    }

    @Test
    void demands_ofAnIdentity_areItsOwnAndThePlans() {
        assertThat(policy(1).demands("user:1"))
                .extracting(Demand::bucket)
                .containsExactlyInAnyOrder(
                        "ratelimit:{user:1}:p",
                        "ratelimit:{user:1}:p:gold",
                        "ratelimit:{user:1}:p:free");
    }

    /** Without the shared store a gateway of two gives half of the plan in force. */
    @Test
    void decide_storeAway_isTheShareOfThePlan() {
        assertThat(fallback(demand("gold")).results().get(0).limit()).isEqualTo(4);
        assertThat(fallback(demand("other")).results().get(0).limit()).isEqualTo(2);
    }

    private Decision fallback(Demand demand) {
        RateLimitStore away = new Away();
        ServerBreakers breakers =
                new ServerBreakers(5, Duration.ofMillis(250), nanos::get, (server, open) -> {});
        RateLimiter limiter =
                new RateLimiter(
                        new SharedBuckets(away, breakers, true, null, nanos::get, Pause.timed()),
                        store,
                        () -> 2);
        return ((Verdict.Decided) limiter.decide(List.of(demand)).join()).decision();
    }

    @Test
    void cost_aboveTheSmallestPlan_isRefused() {
        assertThat(policy(2).smallestCapacity()).isEqualTo(2);
        assertThatThrownBy(() -> policy(3)).hasMessage("cost: 3 (expected: 1 to 2)");
        assertThatThrownBy(() -> policy(1).withCost(3)).hasMessage("cost: 3 (expected: 1 to 2)");
    }

    @Test
    void withCost_other_takesThatMuchOfTheSameBucket() {
        Demand two = policy(1).withCost(2).demand("user:1");
        Demand one = policy(1).demand("user:1");
        assertThat(two.bucket()).isEqualTo(one.bucket());
        assertThat(admitted(two, 1)).isEqualTo(1);
        assertThat(admitted(one, 9)).isEqualTo(3);
        Policy same = policy(1);
        assertThat(same.withCost(1)).isSameAs(same);
    }

    @Test
    void allows_listedAlone() {
        assertThat(policy(1).allows("user:root")).isTrue();
        assertThat(policy(1).allows("user:roo")).isFalse();
    }

    /** A store that answers nobody. */
    private static final class Away implements RateLimitStore {

        @Override
        public CompletionStage<Decision> decide(List<Demand> demands, int permits) {
            return CompletableFuture.failedFuture(new TimeoutException());
        }

        @Override
        public CompletionStage<Boolean> reset(String bucket) {
            return CompletableFuture.failedFuture(new TimeoutException());
        }
    }
}
