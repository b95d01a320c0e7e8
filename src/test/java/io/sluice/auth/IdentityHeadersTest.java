package io.sluice.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which headers are the gateway's alone, and how claims are written into them. */
class IdentityHeadersTest {

    private static final IdentityHeaders USER = new IdentityHeaders(Map.of("sub", "X-User-Id"));

    private static Identity identity(Map<String, Object> claims) {
        return new Identity("ada", "iss", Claims.scopes(claims), claims, Instant.MAX);
    }

    private static String written(Object value) {
        IdentityHeaders headers = new IdentityHeaders(Map.of("c", "X-C"));
        Map<String, String> all = headers.of(identity(Map.of("c", value)));
        return all == null ? "too long" : all.getOrDefault("X-C", "absent");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-User-Id", "x-user-id", "X-USER-ID", "x-User-iD", "X_User_Id", "x_user_id",
                "X_USER_ID", "X-User_Id", "X_User-Id", "x_user-id", "X.User.Id", "x.user.id",
                "X.USER.ID", "X-User.Id", "X.User-Id", "X_User.Id", "X.User_Id", "x.user_id",
                "X User Id", "x user-id", "X-uSER_iD", "x-user.ID", "X~User~Id", "x!user'id"
            })
    void protects_anySpelling(String name) {
        assertThat(USER.protects(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-User-Ids", "X-User-I", "XUserId", "X--User-Id", "", "Ⅹ-User-Id"})
    void protects_otherName_not(String name) {
        assertThat(USER.protects(name)).isFalse();
    }

    @Test
    void isEmpty_noNames() {
        assertThat(new IdentityHeaders(Map.of()).isEmpty()).isTrue();
        assertThat(USER.isEmpty()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "X User",
                "X:User",
                "Host",
                "Authorization",
                "authorization",
                "Content_Length",
                "Connection",
                "Transfer-Encoding",
                "X-API-Key",
                "Ä",
                "a\r\nb"
            })
    void isAcceptable_notForIdentity_isRefused(String name) {
        assertThat(IdentityHeaders.isAcceptable(name)).isFalse();
        assertThatThrownBy(() -> new IdentityHeaders(Map.of("sub", name)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isAcceptable_length() {
        assertThat(IdentityHeaders.isAcceptable("x".repeat(64))).isTrue();
        assertThat(IdentityHeaders.isAcceptable("x".repeat(65))).isFalse();
    }

    @Test
    void constructor_twoClaimsForOneHeader_isRefused() {
        assertThatThrownBy(() -> new IdentityHeaders(Map.of("a", "X-U", "b", "x_u")))
                .hasMessageContaining("used once");
    }

    @Test
    void of_values_areVisibleAscii() {
        assertThat(written("auth0|Ada.Love+1@x")).isEqualTo("auth0|Ada.Love+1@x");
        assertThat(written("Ada Lovelace")).isEqualTo("Ada%20Lovelace");
        assertThat(written("a\r\nX-Admin: 1")).isEqualTo("a%0D%0AX-Admin:%201");
        assertThat(written("\0\t\u007f")).isEqualTo("%00%09%7F");
        assertThat(written("100%")).isEqualTo("100%25");
        assertThat(written("Zoë 😀")).isEqualTo("Zo%C3%AB%20%F0%9F%98%80");
        assertThat(written("a,b")).isEqualTo("a,b");
        assertThat(written(42L)).isEqualTo("42");
        assertThat(written(true)).isEqualTo("true");
        assertThat(written("")).isEqualTo("absent");
        assertThat(written(Map.of("x", "y"))).isEqualTo("absent");
    }

    @Test
    void of_lists_areJoined() {
        assertThat(written(List.of("admin", "a,b", "c d"))).isEqualTo("admin,a%2Cb,c%20d");
        assertThat(written(List.of(1L, List.of("x"), Map.of("x", "y"), "z"))).isEqualTo("1,z");
        assertThat(written(List.of())).isEqualTo("absent");
    }

    @Test
    void of_scopes_areJoinedBySpaces() {
        IdentityHeaders headers = new IdentityHeaders(Map.of("scope", "X-S"));
        assertThat(headers.of(identity(Map.of("scope", "a  b", "scp", List.of("c")))))
                .containsExactly(Map.entry("X-S", "a b c"));
        assertThat(headers.of(identity(Map.of("scope", "")))).isEmpty();
    }

    @Test
    void of_path_reachesIntoObjects() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("realm_access.roles", "X-Roles");
        names.put("a.b", "X-AB");
        names.put("a.c", "X-AC");
        names.put("s.t", "X-ST");
        Map<String, Object> claims =
                Map.of(
                        "realm_access",
                        Map.of("roles", List.of("x", "y")),
                        "a.b",
                        "exact",
                        "a",
                        Map.of("b", "inner"),
                        "s",
                        "text");
        assertThat(new IdentityHeaders(names).of(identity(claims)))
                .containsExactly(Map.entry("X-Roles", "x,y"), Map.entry("X-AB", "exact"));
    }

    @Test
    void of_lengths_areCapped() {
        assertThat(written("a".repeat(1024))).hasSize(1024);
        assertThat(written("a".repeat(1025))).isEqualTo("too long");
        assertThat(written("ä".repeat(171))).isEqualTo("too long");
        Map<String, String> names = new LinkedHashMap<>();
        Map<String, Object> claims = new LinkedHashMap<>();
        for (int i = 0; i < 5; i++) {
            names.put("c" + i, "X-" + i);
            claims.put("c" + i, "a".repeat(820));
        }
        assertThat(new IdentityHeaders(names).of(identity(claims))).isNull();
        claims.remove("c4");
        assertThat(new IdentityHeaders(names).of(identity(claims))).hasSize(4);
    }
}
