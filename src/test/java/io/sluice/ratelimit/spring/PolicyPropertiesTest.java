package io.sluice.ratelimit.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.ratelimit.BucketShape;
import io.sluice.ratelimit.KeySpec;
import io.sluice.ratelimit.OnStoreFailure;
import io.sluice.ratelimit.Plans;
import io.sluice.ratelimit.Policy;
import io.sluice.settings.SettingException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class PolicyPropertiesTest {

    private static final Map<String, String> LEAST =
            Map.of("key", "user", "capacity", "5", "refill-tokens", "1", "refill-period", "1s");

    private static <T> T bind(Class<T> type, Map<String, String> values) {
        Map<String, String> properties = new HashMap<>();
        values.forEach((name, value) -> properties.put("p." + name, value));
        return new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("p", type);
    }

    private static Policy policy(String name, String value) {
        Map<String, String> values = new HashMap<>(LEAST);
        if (value == null) {
            values.remove(name);
        } else {
            values.put(name, value);
        }
        return bind(PolicyProperties.class, values).toPolicy("p");
    }

    @Test
    void toPolicy_least_hasTheDefaults() {
        assertThat(bind(PolicyProperties.class, LEAST).toPolicy("per-user"))
                .isEqualTo(
                        new Policy(
                                "per-user",
                                KeySpec.parse(List.of("user")),
                                BucketShape.of(5, 1, 1_000_000),
                                1,
                                OnStoreFailure.LOCAL,
                                false));
    }

    @Test
    void toPolicy_full_isMapped() {
        Map<String, String> values =
                Map.of(
                        "key", "header:X-Tenant, route",
                        "capacity", "100",
                        "refill-tokens", "10000",
                        "refill-period", "1d",
                        "cost", "3",
                        "on-store-failure", "Closed",
                        "shadow", "true");
        assertThat(bind(PolicyProperties.class, values).toPolicy("p"))
                .isEqualTo(
                        new Policy(
                                "p",
                                KeySpec.parse(List.of("header:x-tenant", "route")),
                                BucketShape.of(100, 10_000, 86_400_000_000L),
                                3,
                                OnStoreFailure.CLOSED,
                                true));
        assertThat(policy("on-store-failure", "open").onStoreFailure())
                .isEqualTo(OnStoreFailure.OPEN);
    }

    @ParameterizedTest
    @CsvSource({
        "refill-period,0s,duration",
        "refill-period,-1s,duration",
        "refill-period,1ns,microseconds",
        "refill-period,1500ns,microseconds",
        "refill-period,3661d,3660d",
        "refill-period,,duration",
        "refill-tokens,0,>= 1",
        "refill-tokens,,whole number",
        "capacity,0,>= 1",
        "capacity,,whole number",
        "cost,0,'1 to the capacity, 5'",
        "cost,6,'1 to the capacity, 5'",
        "key,users,header:NAME",
        "key,,header:NAME",
        "on-store-failure,maybe,'local, open or closed'"
    })
    void toPolicy_notValid_namesPropertyValueAndExpectation(
            String name, String value, String expected) {
        assertThatThrownBy(() -> policy(name, value))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith("sluice.rate-limits.p." + name + ": ")
                .hasMessageContaining(expected);
    }

    private static Policy policy(Map<String, String> more) {
        Map<String, String> values = new HashMap<>(LEAST);
        values.putAll(more);
        return bind(PolicyProperties.class, values).toPolicy("p");
    }

    @Test
    void plans_full_areMappedOverThePolicysOwn() {
        Policy policy =
                policy(
                        Map.of(
                                "plans.claim", "tier",
                                "plans.gold.capacity", "50",
                                "plans.gold.refill-tokens", "7",
                                "plans.gold.refill-period", "1m",
                                "plans.Free.capacity", "2"));
        assertThat(policy.plans())
                .isEqualTo(
                        new Plans(
                                "tier",
                                Map.of(
                                        "gold", BucketShape.of(50, 7, 60_000_000),
                                        "Free", BucketShape.of(2, 1, 1_000_000))));
        assertThat(policy.shape()).isEqualTo(BucketShape.of(5, 1, 1_000_000));
    }

    @ParameterizedTest
    @CsvSource({
        "tier,gold.capacity,0,plans.gold.capacity: 0,>= 1",
        "tier,gold.refill-tokens,0,plans.gold.refill-tokens: 0,>= 1",
        "tier,gold.refill-period,0s,plans.gold.refill-period: PT0S,duration",
        "tier,gold.capacity,9007199254740991,plans.gold.capacity: 9007199254740991,with 1 refill",
        "tier,gold,5,plans.gold: 5,'capacity, refill-tokens, refill-period'",
        "tier,gold,'',plans.gold: ,'capacity, refill-tokens, refill-period'",
        "tier,gold.claim,x,plans.gold: x,'capacity, refill-tokens, refill-period'",
        "'',gold.capacity,5,plans.claim: ,the name of a claim",
        ",gold.capacity,5,plans.claim: null,the name of a claim",
        "tier,,,plans: no plan,a plan beside claim"
    })
    void plans_notValid_nameThePropertyAndWhatIsExpected(
            String claim, String entry, String value, String message, String expected) {
        Map<String, String> values = new HashMap<>();
        if (claim != null) {
            values.put("plans.claim", claim);
        }
        if (entry != null) {
            values.put("plans." + entry, value);
        }
        assertThatThrownBy(() -> policy(values))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith("sluice.rate-limits.p." + message)
                .hasMessageContaining(expected);
    }

    @Test
    void cost_aboveAPlansCapacity_isRefused() {
        Map<String, String> values =
                Map.of("plans.claim", "tier", "plans.free.capacity", "2", "cost", "3");
        assertThatThrownBy(() -> policy(values))
                .hasMessage(
                        "sluice.rate-limits.p.cost: 3 (expected: 1 to the smallest capacity, 2)");
    }

    @Test
    void allowList_identities_areTaken() {
        Policy policy =
                policy(Map.of("allow-list[0]", "user:42", "allow-list[1]", "ip:2001:db8:0:1::"));
        assertThat(policy.allowList()).containsExactlyInAnyOrder("user:42", "ip:2001:db8:0:1::");
    }

    @ParameterizedTest
    @CsvSource({"42", "ip:10.0.0.0/8", "user:a b", "route:orders", "''"})
    void allowList_whatTheKeyNeverGives_isRefused(String identity) {
        assertThatThrownBy(
                        () -> policy(Map.of("allow-list[0]", "user:1", "allow-list[1]", identity)))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith(
                        "sluice.rate-limits.p.allow-list: "
                                + identity
                                + " (expected: an identity as it stands in the key,"
                                + " user:SUBJECT");
    }

    @Test
    void toPolicy_tooFine_namesTheLargestCapacity() {
        Map<String, String> values = new HashMap<>(LEAST);
        values.putAll(
                Map.of("capacity", "100000", "refill-tokens", "100007", "refill-period", "30d"));
        assertThatThrownBy(() -> bind(PolicyProperties.class, values).toPolicy("p"))
                .isInstanceOf(SettingException.class)
                .hasMessage(
                        "sluice.rate-limits.p.capacity: 100000 (expected: 1 to 3474, with 100007"
                                + " refill-tokens per PT720H)");
    }

    @Test
    void toPolicy_strangeName_isRefused() {
        assertThatThrownBy(() -> bind(PolicyProperties.class, LEAST).toPolicy("a b"))
                .hasMessageStartingWith("sluice.rate-limits.a b: ");
    }

    @Test
    void settings_policies_areInTheOrderOfTheirNames() {
        PolicyProperties one = bind(PolicyProperties.class, LEAST);
        RateLimitSettings settings =
                new RateLimitSettings(
                        Map.of("b", one, "a", one, "c", one), RateLimitStoreProperties.defaults());
        assertThat(settings.policies().keySet()).containsExactly("a", "b", "c");
        assertThat(RateLimitSettings.none().policies()).isEmpty();
    }

    @Test
    void store_defaults_areTheBoundOnes() {
        assertThat(bind(RateLimitStoreProperties.class, Map.of()))
                .isEqualTo(RateLimitStoreProperties.defaults());
        assertThat(RateLimitStoreProperties.defaults().timeout()).isEqualTo(Duration.ofMillis(25));
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S,5000,timeout",
        "PT-1S,5000,timeout",
        "PT11S,5000,timeout",
        "PT1S,999,max-local-buckets"
    })
    void store_notValid_isRefused(Duration timeout, long buckets, String property) {
        assertThatThrownBy(() -> new RateLimitStoreProperties(timeout, buckets, true, true))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith("sluice.rate-limit-store." + property + ": ");
    }
}
