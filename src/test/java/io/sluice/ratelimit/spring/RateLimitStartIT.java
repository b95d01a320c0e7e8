package io.sluice.ratelimit.spring;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.it.Together;
import org.junit.jupiter.api.Test;

/**
 * Settings that end the start. Apart from other gateways: a context that fails takes the event
 * loops of the whole process with it.
 */
@Together
class RateLimitStartIT {

    @Test
    void start_routeCostAboveTheSmallestPlan_isRefused() {
        refused(
                        new Routes()
                                .add("orders", "RateLimit", "policies", "a", "cost", "3")
                                .limit("a", "user", 3)
                                .set("sluice.rate-limits.a.plans.claim=tier")
                                .set("sluice.rate-limits.a.plans.free.capacity=2"))
                .hasStackTraceContaining(
                        "filter RateLimit of route orders: cost 3 (expected: 1 to the smallest"
                                + " capacity of a, 2)");
    }

    @Test
    void start_beforeAuthByWhatAuthTells_isRefused() {
        refused(
                        new Routes()
                                .add("orders", "RateLimit", "policies", "a", "before-auth", "true")
                                .limit("a", "user", 3))
                .hasStackTraceContaining(
                        "filter RateLimit of route orders: before-auth with a (expected: a policy"
                                + " whose key is made of ip, header:NAME, route and global)");
    }

    @Test
    void start_undefinedPolicy_failsAndNamesIt() {
        refused(new Routes().add("orders", "RateLimit=per-usr").limit("per-user", "user", 1))
                .hasStackTraceContaining(
                        "filter RateLimit of route orders: per-usr (expected: a policy of"
                                + " sluice.rate-limits: per-user)");
    }

    @Test
    void start_samePolicyTwice_fails() {
        refused(new Routes().add("orders", "RateLimit=a,a").limit("a", "user", 1))
                .hasStackTraceContaining(
                        "filter RateLimit of route orders: a (expected: each policy once)");
    }

    @Test
    void start_noPolicyNamed_fails() {
        refused(new Routes().add("orders", "RateLimit", "policies", "").limit("a", "user", 1))
                .hasStackTraceContaining("(expected: 1 to 32 policies: a)");
    }

    @Test
    void start_badLimit_failsAndNamesTheProperty() {
        refused(
                        new Routes()
                                .add("orders", "RateLimit=a")
                                .limit("a", "user", 1)
                                .set("sluice.rate-limits.a.refill-period=0s"))
                .hasStackTraceContaining("sluice.rate-limits.a.refill-period: PT0S");
    }

    @Test
    void start_noPolicyDefined_failsAndSaysSo() {
        refused(new Routes().add("orders", "RateLimit=a"))
                .hasStackTraceContaining("(none is defined)");
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ?> refused(Routes routes) {
        return assertThatThrownBy(() -> LimitedGateway.start(routes.properties()));
    }
}
