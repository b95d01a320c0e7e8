package io.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NearestKeysTest {

    private final AtomicLong now = new AtomicLong(1_000_000_000L);
    private final NearestKeys nearest = new NearestKeys(now::get, 3);
    private final LocalStore store = new LocalStore(now::get, 1000);
    private final Policy policy = Limits.policy("per-user", 10, 1);

    private void request(String user, int times) {
        for (int i = 0; i < times; i++) {
            nearest.decided(store.decideNow(List.of(policy.demand("user:" + user)), 1));
        }
    }

    private List<String> identities() {
        return nearest.nearest("per-user").stream().map(NearestKeys.Near::identity).toList();
    }

    @Test
    void nearest_unwatched_isNothing() {
        request("a", 5);

        assertThat(identities()).isEmpty();
    }

    @Test
    void nearest_watched_isTheEmptiestFirst() {
        nearest.watch(true);
        request("a", 2);
        request("b", 9);
        request("c", 5);

        assertThat(identities()).containsExactly("user:b", "user:c", "user:a");
        assertThat(nearest.nearest("per-user").get(0))
                .isEqualTo(new NearestKeys.Near("user:b", 1, 10, 9_000_000));
    }

    @Test
    void nearest_ofMoreThanItKeeps_dropsTheFullest() {
        nearest.watch(true);
        request("a", 2);
        request("b", 9);
        request("c", 5);
        request("d", 1);
        assertThat(identities()).containsExactly("user:b", "user:c", "user:a");

        request("d", 6);
        assertThat(identities()).containsExactly("user:b", "user:d", "user:c");
    }

    @Test
    void nearest_asTimePasses_refillsAndLeavesOutTheFull() {
        nearest.watch(true);
        request("a", 2);
        request("b", 9);
        now.addAndGet(TimeUnit.SECONDS.toNanos(3));

        assertThat(nearest.nearest("per-user"))
                .containsExactly(new NearestKeys.Near("user:b", 4, 10, 6_000_000));
    }

    @Test
    void nearest_ofADeniedKey_isAtZero() {
        nearest.watch(true);
        request("a", 15);

        assertThat(nearest.nearest("per-user").get(0).remaining()).isZero();
    }

    @Test
    void watch_ended_forgets() {
        nearest.watch(true);
        request("a", 5);
        nearest.watch(false);

        assertThat(identities()).isEmpty();
    }

    @Test
    void identities_thatMayBeSecrets_areHashed() {
        assertThat(ShownIdentity.of("user:42")).isEqualTo("user:42");
        assertThat(ShownIdentity.of("api-key:0123456789abcdef0123456789abcdef"))
                .isEqualTo("api-key:#01234567");
        assertThat(ShownIdentity.of("header:x-token:very-secret,route:orders"))
                .startsWith("header:x-token:#")
                .endsWith(",route:orders")
                .hasSize("header:x-token:#".length() + 8 + ",route:orders".length())
                .doesNotContain("very-secret");
        assertThat(ShownIdentity.of("header:x-token:other"))
                .isNotEqualTo(ShownIdentity.of("header:x-token:another"));
        assertThat(ShownIdentity.of("claim:sub:" + "x".repeat(100))).hasSize(48).endsWith("…");
        assertThat(ShownIdentity.of("claim:header:a")).isEqualTo("claim:header:a");
    }
}
