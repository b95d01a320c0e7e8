package io.sluice.check;

import static io.sluice.check.CoverTest.route;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteWarningsTest {

    private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");

    private static List<String> codes(RouteFacts... routes) {
        return RouteWarnings.of(List.of(routes), NOW).stream()
                .map(finding -> finding.code() + " " + finding.key().replaceAll(".*routes", ""))
                .toList();
    }

    @Test
    void of_routesApart_isEmpty() {
        assertThat(codes(route("a", "Path=/a"), route("b", "Path=/b"))).isEmpty();
    }

    @Test
    void of_laterRouteWithinAnEarlier_isShadowed() {
        assertThat(codes(route("a", "Path=/a/**"), route("b", "Path=/a/b")))
                .containsExactly("shadowed-route [b]");
        assertThat(codes(route("b", "Path=/a/b"), route("a", "Path=/a/**"))).isEmpty();
        RouteFacts first = new RouteFacts("z", -1, route("z", "Path=/**").predicates());
        assertThat(codes(route("a", "Path=/a"), first)).containsExactly("shadowed-route [a]");
    }

    @Test
    void of_sameWords_areDuplicates() {
        assertThat(codes(route("a", "Path=/a", "Method=GET"), route("b", "Method=GET", "Path=/a")))
                .containsExactly("duplicate-predicates [b]");
        assertThat(codes(route("a", "Path=/a"), route("a", "Path=/b"), route("a", "Path=/c")))
                .containsExactly("duplicate-route-id [a]");
    }

    @Test
    void of_whatNoRequestFulfils_neverMatches() {
        assertThat(codes(route("a", "Method=GET", "Method=POST")))
                .containsExactly("never-matches [a]");
        assertThat(codes(route("a", "Method=GET", "Method=GET,POST"))).isEmpty();
        assertThat(codes(route("a", "Before=2020-01-01T00:00:00Z")))
                .containsExactly("never-matches [a]");
        assertThat(codes(route("a", "Before=2030-01-01T00:00:00Z"))).isEmpty();
        assertThat(codes(route("a", "Before=1577836800000"))).isEmpty();
        assertThat(codes(route("a", "Between=2019-01-01T00:00:00Z,2020-01-01T00:00:00Z")))
                .containsExactly("never-matches [a]");
        assertThat(codes(route("a", "Between=2019-01-01T00:00:00Z"))).isEmpty();
        assertThat(codes(route("a", "Method=GET", "Method=POST", "Before=2020-01-01T00:00:00Z")))
                .hasSize(1);
    }

    @Test
    void of_weights_mustSumToSomething() {
        assertThat(codes(route("a", "Path=/a", "Weight=g,0"), route("b", "Path=/a", "Weight=g,0")))
                .containsExactly("weights-sum-to-zero [a]");
        assertThat(codes(route("a", "Path=/a", "Weight=g,0"), route("b", "Path=/a", "Weight=g,1")))
                .isEmpty();
        assertThat(codes(route("a", "Weight=g"), route("b", "Weight=h,x"))).isEmpty();
    }

    @Test
    void line_ofAFinding_namesPlaceCodeAndKey() {
        Finding finding = Finding.warning("unused-policy", "sluice.rate-limits.p", "remove it");

        assertThat(finding.line("a.yml"))
                .isEqualTo("a.yml: warning unused-policy: sluice.rate-limits.p: remove it");
        assertThat(finding.at("b.yml", 7).line("a.yml")).startsWith("b.yml:7: warning ");
        assertThat(new Finding("refused", true, "k", "t", null, 0).line("a.yml"))
                .isEqualTo("a.yml: error refused: k: t");
    }

    @Test
    void saysTheSameAs_errorsOnOneValueInOneLine_only() {
        Finding refused = new Finding("refused", true, "k", "lb://x (no)", "a.yml", 3);

        assertThat(refused.saysTheSameAs(new Finding("c", true, "l", "lb://x is", "a.yml", 3)))
                .isTrue();
        assertThat(refused.saysTheSameAs(new Finding("c", true, "l", "lb://y is", "a.yml", 3)))
                .isFalse();
        assertThat(refused.saysTheSameAs(new Finding("c", true, "l", "lb://x is", "a.yml", 4)))
                .isFalse();
        assertThat(refused.saysTheSameAs(new Finding("c", false, "l", "lb://x is", "a.yml", 3)))
                .isFalse();
        assertThat(refused.at(null, 0).saysTheSameAs(refused.at(null, 0))).isFalse();
        assertThat(Finding.warning("c", "k", "t").saysTheSameAs(refused)).isFalse();
    }
}
