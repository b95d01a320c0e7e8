package io.sluice.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.AccessRules.Access;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a route asks, rule by rule and method by method. */
class AccessRulesTest {

    private static final Access GRANTED = new Access.Granted();
    private static final Set<String> NO = Set.of();

    private static final Identity ADA =
            new Identity(
                    "ada",
                    "iss",
                    new LinkedHashSet<>(List.of("a", "b")),
                    Set.of("user", "editor"),
                    Map.of(
                            "tenant",
                            "acme",
                            "level",
                            3L,
                            "ok",
                            true,
                            "groups",
                            List.of("x", 7L),
                            "aud",
                            List.of("orders", 1L),
                            "o",
                            Map.of("p", "q")),
                    Instant.MAX,
                    null);

    private static Requirements scopes(Set<String> all, Set<String> any) {
        return new Requirements(all, any, NO, NO, Map.of(), NO);
    }

    private static Requirements roles(Set<String> all, Set<String> any) {
        return new Requirements(NO, NO, all, any, Map.of(), NO);
    }

    private static Requirements claims(Map<String, Set<String>> claims) {
        return new Requirements(NO, NO, NO, NO, claims, NO);
    }

    private static Requirements audiences(String... audiences) {
        return new Requirements(NO, NO, NO, NO, Map.of(), Set.of(audiences));
    }

    private static Access check(Requirements requirements) {
        return new AccessRules(requirements, Map.of(), false).check(ADA, "GET");
    }

    @Test
    void check_nothingAsked_isGranted() {
        assertThat(AccessRules.AUTHENTICATED.check(ADA, "GET")).isEqualTo(GRANTED);
    }

    @Test
    void check_scopes_allAndAnyAreAsked() {
        assertThat(check(scopes(Set.of("a"), Set.of("z", "b")))).isEqualTo(GRANTED);
        assertThat(check(scopes(Set.of("A"), NO))).isEqualTo(new Access.ScopeMissing("A"));
        assertThat(check(scopes(new LinkedHashSet<>(List.of("z", "a")), NO)))
                .isEqualTo(new Access.ScopeMissing("z a"));
        assertThat(check(scopes(NO, Set.of("z")))).isEqualTo(new Access.ScopeMissing("z"));
    }

    @Test
    void check_roles_allAndAnyAreAsked() {
        assertThat(check(roles(Set.of("user", "editor"), Set.of("editor", "z"))))
                .isEqualTo(GRANTED);
        assertThat(check(roles(Set.of("user", "admin"), NO))).isEqualTo(new Access.NotEntitled());
        assertThat(check(roles(NO, Set.of("admin", "User")))).isEqualTo(new Access.NotEntitled());
    }

    @Test
    void check_claims_oneOfTheValuesIsHad() {
        assertThat(
                        check(
                                claims(
                                        Map.of(
                                                "tenant", Set.of("globex", "acme"),
                                                "level", Set.of("3"),
                                                "ok", Set.of("true"),
                                                "groups", Set.of("7"),
                                                "o.p", Set.of("q")))))
                .isEqualTo(GRANTED);
    }

    @ParameterizedTest
    @CsvSource({"tenant,Acme", "none,null", "groups,y", "o,{p=q}", "o.x,q", "level,3.0", "tenant,"})
    void check_otherClaims_areNotEntitled(String claim, String value) {
        Requirements asked = claims(Map.of(claim, Set.of(value == null ? "" : value)));
        assertThat(check(asked)).isEqualTo(new Access.NotEntitled());
    }

    @Test
    void check_audiences_oneIsNamedByTheToken() {
        assertThat(check(audiences("shop", "orders"))).isEqualTo(GRANTED);
        assertThat(check(audiences("shop", "1"))).isEqualTo(new Access.WrongAudience());
        Identity nobody = new Identity("n", "iss", NO, Map.of(), Instant.MAX);
        AccessRules rules = new AccessRules(audiences("orders"), Map.of(), false);
        assertThat(rules.check(nobody, "GET")).isEqualTo(new Access.WrongAudience());
        Identity one = new Identity("n", "iss", NO, Map.of("aud", "orders"), Instant.MAX);
        assertThat(rules.check(one, "GET")).isEqualTo(GRANTED);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,true",
        "HEAD,true",
        "POST,false",
        "PUT,true",
        "DELETE,false",
        "post,true",
        "PATCH,true"
    })
    void check_methodRules_areAskedOnTop(String method, boolean granted) {
        AccessRules rules =
                new AccessRules(
                        scopes(Set.of("a"), NO),
                        Map.of(
                                "POST", scopes(Set.of("w"), NO),
                                "DELETE", roles(NO, Set.of("admin")),
                                "PUT", scopes(Set.of("b"), NO)),
                        false);
        assertThat(rules.check(ADA, method).equals(GRANTED)).isEqualTo(granted);
        Identity bob = new Identity("bob", "iss", Set.of("w", "b"), Map.of(), Instant.MAX);
        assertThat(rules.check(bob, method)).isEqualTo(new Access.ScopeMissing("a"));
    }

    @Test
    void check_headWithoutARule_isJudgedAsGet() {
        AccessRules get =
                new AccessRules(Requirements.NONE, Map.of("GET", scopes(Set.of("z"), NO)), false);
        assertThat(get.check(ADA, "HEAD")).isEqualTo(new Access.ScopeMissing("z"));
        AccessRules both =
                new AccessRules(
                        Requirements.NONE,
                        Map.of("GET", scopes(Set.of("z"), NO), "HEAD", scopes(Set.of("a"), NO)),
                        false);
        assertThat(both.check(ADA, "HEAD")).isEqualTo(GRANTED);
    }

    @Test
    void admitsAnonymous_optional_exceptByMethodsWithARule() {
        Map<String, Requirements> post = Map.of("POST", scopes(Set.of("w"), NO));
        AccessRules rules = new AccessRules(Requirements.NONE, post, true);
        assertThat(rules.admitsAnonymous("GET")).isTrue();
        assertThat(rules.admitsAnonymous("POST")).isFalse();
        assertThat(new AccessRules(Requirements.NONE, post, false).admitsAnonymous("GET"))
                .isFalse();
    }
}
