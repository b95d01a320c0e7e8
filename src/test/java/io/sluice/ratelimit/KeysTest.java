package io.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {

    private static final Request FULL =
            new Request(
                    "42",
                    "192.0.2.1",
                    "secret",
                    Map.of("x-tenant", "acme"),
                    Map.of("tier", "gold"),
                    "orders");
    private static final Request BARE =
            new Request(null, "192.0.2.1", "", Map.of("x-tenant", ""), Map.of(), "orders");

    private static String identity(KeySource source, String... parts) {
        return KeySpec.parse(List.of(parts)).identity(source);
    }

    @ParameterizedTest
    @CsvSource({
        "user,user:42",
        "ip,ip:192.0.2.1",
        "api-key,api-key:2bb80d537b1da3e38bd30361aa855686",
        "header:X-Tenant,header:x-tenant:acme",
        "claim:tier,claim:tier:gold",
        "route,route:orders",
        "global,global",
        "' GLOBAL ',global"
    })
    void identity_present_namesIt(String spec, String identity) {
        assertThat(identity(FULL, spec)).isEqualTo(identity);
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "ip", "api-key", "header:X-Tenant", "claim:tier"})
    void identity_absent_isTheAddress(String spec) {
        assertThat(identity(BARE, spec)).isEqualTo("ip:192.0.2.1");
    }

    @Test
    void identity_list_isJoined() {
        assertThat(identity(FULL, "user", "route")).isEqualTo("user:42,route:orders");
        assertThat(BucketKeys.bucket("p", "user:42")).isEqualTo("ratelimit:{user:42}:p");
    }

    @ParameterizedTest
    @CsvSource({
        "user,false",
        "api-key,false",
        "claim:tier,false",
        "ip,true",
        "header:X-Tenant,true",
        "route,true",
        "global,true"
    })
    void knownBeforeAuth_whatNobodyHasToProve(String part, boolean known) {
        assertThat(KeySpec.parse(List.of(part)).knownBeforeAuth()).isEqualTo(known);
        assertThat(KeySpec.parse(List.of("ip", part)).knownBeforeAuth()).isEqualTo(known);
    }

    @Test
    void coarse_onlyWhatManyShare() {
        assertThat(KeySpec.parse(List.of("global", "route")).coarse()).isTrue();
        assertThat(KeySpec.parse(List.of("route", "user")).coarse()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "users", "header", "header:", "claim: ", "user:x", "ip:1", "route:"})
    void parse_unknown_isRefused(String spec) {
        assertThatThrownBy(() -> KeySpec.parse(List.of(spec)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(spec)
                .hasMessageContaining("api-key");
    }

    @Test
    void parse_nothing_isRefused() {
        assertThatThrownBy(() -> KeySpec.parse(List.of())).hasMessageContaining("expected");
    }

    /** P10 */
    @Test
    void encode_anyIdentifiers_neverMeetAndAreSafe() {
        String longOne = "a".repeat(4096);
        List<String> identifiers =
                List.of(
                        "1",
                        "{",
                        "}",
                        "{}",
                        "%7B",
                        "%",
                        "%25",
                        ",",
                        "a,b",
                        "a b",
                        "\r\n",
                        "\u0000",
                        "é",
                        "e\u0301",
                        "\ud83d\ude00",
                        "\ud83d",
                        "\ude00",
                        "?",
                        "%uD83D",
                        "\u007f",
                        "user:1",
                        "ip:1",
                        longOne,
                        longOne + "a",
                        "é".repeat(2000),
                        "%sha256-" + "0".repeat(64),
                        "a".repeat(128),
                        "a".repeat(129),
                        "");
        Map<String, String> seen = new HashMap<>();
        for (String identifier : identifiers) {
            String encoded = BucketKeys.encode(identifier);
            assertThat(encoded).matches("[!-~]*").doesNotContain("{", "}", ",");
            assertThat(encoded.length()).isLessThanOrEqualTo(128);
            assertThat(seen.put(encoded, identifier)).isNull();
        }
        assertThat(BucketKeys.encode("user@example.com:/x")).isEqualTo("user@example.com:/x");
    }

    @Test
    void identity_namesWithColons_doNotMeet() {
        Request a = new Request(null, "", null, Map.of(), Map.of("a", "b:c"), "r");
        Request b = new Request(null, "", null, Map.of(), Map.of("a:b", "c"), "r");
        assertThat(identity(a, "claim:a")).isNotEqualTo(identity(b, "claim:a:b"));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1,192.0.2.1",
        "2001:db8:1:2:3:4:5:6,2001:db8:1:2::",
        "2001:db8:1:2::1,2001:db8:1:2::",
        "2001:db8::1,2001:db8:0:0::",
        "fe80::1%eth0,fe80:0:0:0::",
        "::1,0:0:0:0::",
        "::ffff:192.0.2.7,192.0.2.7",
        "not:an:address,not:an:address",
        "un known,un%20known"
    })
    void network_address_isV4WholeOrV6Prefix(String address, String network) {
        assertThat(BucketKeys.network(address)).isEqualTo(network);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "ä"})
    void policyName_notPlain_isRefused(String name) {
        assertThat(Policy.isName(name)).isFalse();
        assertThatThrownBy(() -> Limits.policy(name, 1, 1)).hasMessageContaining("policy name");
    }

    @Test
    void policyName_plain_isTaken() {
        assertThat(Policy.isName("Per_user-1.x")).isTrue();
        assertThat(Policy.isName("x".repeat(65))).isFalse();
        assertThatThrownBy(() -> Limits.policy("p", 1, 2)).hasMessageContaining("cost: 2");
        assertThatThrownBy(() -> Limits.policy("p", 1, 0)).hasMessageContaining("cost: 0");
    }
}
