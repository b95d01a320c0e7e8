package io.sluice.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.check.RouteFacts.Predicate;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoverTest {

    static RouteFacts route(String id, String... predicates) {
        List<Predicate> all =
                Arrays.stream(predicates)
                        .map(
                                text -> {
                                    int equals = text.indexOf('=');
                                    return new Predicate(
                                            text.substring(0, equals),
                                            List.of(text.substring(equals + 1).split(",")));
                                })
                        .toList();
        return new RouteFacts(id, 0, all);
    }

    @ParameterizedTest
    @CsvSource({
        "/a, /a, true",
        "/a, /b, false",
        "/a/b, /a/**, true",
        "/a, /a/**, true",
        "/ab, /a/**, false",
        "/a/**, /a/**, true",
        "/a/**, /a/*, false",
        "/a/{*rest}, /a/**, true",
        "/a/b, /a/{x}, true",
        "/a/{y}, /a/{x}, true",
        "/a/*, /a/{x}, true",
        "/a/{x:[0-9]+}, /a/*, true",
        "/a/b, /a/{x:[0-9]+}, false",
        "/a/b/c, /a/{x}, false",
        "/a, /a/{x}, false",
        "/a/, /a/{x}, false",
        "/a/b*, /a/*, true",
        "/a/**/x, /a/**, true",
        "/a/b, /**, true",
        "/a/b, /a/**/x, false"
    })
    void pathWithin_isCertainOrNo(String narrow, String wide, boolean within) {
        assertThat(Cover.pathWithin(narrow, wide)).isEqualTo(within);
    }

    @ParameterizedTest
    @CsvSource({
        "a.example.org, a.example.org, true",
        "A.example.org, a.example.org, true",
        "a.example.org, **, true",
        "a.example.org, **.example.org, true",
        "*.example.org, **.example.org, true",
        "example.org, **.example.org, true",
        "badexample.org, **.example.org, false",
        "a.example.org, *.example.org, false",
        "a.example.org, **.{x}.org, false"
    })
    void hostWithin_isCertainOrNo(String narrow, String wide, boolean within) {
        assertThat(Cover.hostWithin(narrow, wide)).isEqualTo(within);
    }

    @Test
    void covers_eachPredicateOfTheWiderMustFollow() {
        assertThat(Cover.covers(route("a", "Path=/x/**"), route("b", "Path=/x/1", "Method=GET")))
                .isTrue();
        assertThat(Cover.covers(route("a", "Path=/x/**", "Method=GET"), route("b", "Path=/x/1")))
                .isFalse();
        assertThat(
                        Cover.covers(
                                route("a", "Path=/x/**", "Method=GET,post"),
                                route("b", "Path=/x/1", "Method=POST")))
                .isTrue();
        assertThat(Cover.covers(route("a", "Path=/x,/y"), route("b", "Path=/y"))).isTrue();
        assertThat(Cover.covers(route("a", "Path=/y"), route("b", "Path=/x,/y"))).isFalse();
        assertThat(Cover.covers(route("a"), route("b", "Path=/x"))).isTrue();
        assertThat(Cover.covers(route("a", "Host=**.b.org"), route("b", "Host=c.b.org"))).isTrue();
    }

    @Test
    void covers_expressions_onlyByTheirWords() {
        assertThat(Cover.covers(route("a", "Header=X"), route("b", "Header=X,1"))).isTrue();
        assertThat(Cover.covers(route("a", "Header=X,1"), route("b", "Header=X,1"))).isTrue();
        assertThat(Cover.covers(route("a", "Header=X,\\d"), route("b", "Header=X,1"))).isFalse();
        assertThat(Cover.covers(route("a", "Query=x"), route("b", "Query=y"))).isFalse();
        assertThat(Cover.covers(route("a", "Cookie=x"), route("b", "Cookie=x,1"))).isTrue();
        assertThat(Cover.covers(route("a", "After=x"), route("b", "After=y"))).isFalse();
    }

    @Test
    void covers_aRouteThatIsDrawn_coversNobody() {
        assertThat(Cover.covers(route("a", "Weight=g,1"), route("b", "Weight=g,1"))).isFalse();
    }

    @Test
    void covers_withoutArguments_isNotCertain() {
        RouteFacts none = new RouteFacts("b", 0, List.of(new Predicate("Path", List.of())));
        RouteFacts bare = new RouteFacts("b", 0, List.of(new Predicate("Header", List.of())));

        assertThat(Cover.covers(route("a", "Path=/x"), none)).isFalse();
        assertThat(Cover.covers(route("a", "Header=X"), bare)).isFalse();
    }
}
