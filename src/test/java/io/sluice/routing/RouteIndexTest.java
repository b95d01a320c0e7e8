package io.sluice.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteIndexTest {

    /** A request in words; counts what is asked of it. */
    private static final class Asked implements RequestFacts {

        private final String host;
        private final String path;
        private final Map<Dimension, List<String>> values;
        private int questions;

        Asked(String host, String path, Map<Dimension, List<String>> values) {
            this.host = host;
            this.path = path;
            this.values = values;
        }

        @Override
        public List<String> steps(Dimension dimension) {
            questions++;
            if (dimension.equals(Dimension.HOST)) {
                return HostShapes.steps(host);
            }
            return path.startsWith("/")
                    ? PathShapes.steps(Arrays.asList(path.substring(1).split("/", -1)))
                    : List.of();
        }

        @Override
        public List<String> values(Dimension dimension) {
            questions++;
            return values.containsKey(dimension) ? values.get(dimension) : List.of();
        }
    }

    private static Asked path(String path) {
        return new Asked(null, path, Map.of());
    }

    private static Asked host(String host) {
        return new Asked(host, "/", Map.of());
    }

    private static Condition paths(String... patterns) {
        return PathShapes.condition(List.of(patterns));
    }

    private static Condition hosts(String... patterns) {
        return HostShapes.condition(List.of(patterns));
    }

    /** Two further routes, so that the index has something to tell apart. */
    private static RouteIndex beside(Condition condition) {
        Condition other =
                condition.dimension().equals(Dimension.HOST) ? hosts("q.q.q") : paths("/q/q/q");
        return RouteIndex.of(List.of(List.of(condition), List.of(other), List.of(other)));
    }

    @ParameterizedTest
    @CsvSource({
        "/a, /a, true",
        "/a, /A, true",
        "/a, /a/, true",
        "/a, /b, false",
        "/a, /a/b, false",
        "/a/, /a/, true",
        "/a/, /a, false",
        "/a/**, /a, true",
        "/a/**, /a/b/c, true",
        "/a/**, /b, false",
        "/**, '', true",
        "/**, *, true",
        "/{*rest}, /a/b, true",
        "/a/{*rest}, /b, false",
        "/{x}/b, /a/b, true",
        "/{x}/b, /a/c, false",
        "/a*/b, /ab/b, true",
        "/?/b, /a/b, true",
        "/a/*, /a/, true",
        "/{x:[a-z]+}, /a, true",
        "/{x:(?:a|b)}/c, /a/d, false"
    })
    void candidates_ofPathPattern_areThoseItMayMatch(
            String pattern, String path, boolean candidate) {
        int[] found = beside(paths(pattern)).candidates(path(path));

        assertThat(found).isEqualTo(candidate ? new int[] {0} : new int[0]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a/b",
                "/**/b",
                "/{*x}/b",
                "/{x:(a)}",
                "/{x:a\\/b}",
                "/{x:{/b}}",
                "",
                "/{x:(?:(a))}"
            })
    void condition_unusualPathPattern_isNone(String pattern) {
        assertThat(paths(pattern)).isNull();
        assertThat(paths("/a", pattern)).isNull();
    }

    @Test
    void condition_noPattern_isNone() {
        assertThat(paths()).isNull();
        assertThat(hosts()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "a.org, a.org, true",
        "a.org, A.org, true",
        "a.org, a.org:8080, true",
        "a.org:8080, a.org, true",
        "a.org:{port}, a.org:81, true",
        "a.org, b.org, false",
        "a.org, x.a.org, false",
        "*.org, a.org, true",
        "*.org, x.a.org, false",
        "**.org, x.a.org, true",
        "**.org, org, true",
        "**.org, a.net, false",
        "x.**.org, a.org, true",
        "x.**.org, a.net, false",
        "{s}.a.org, x.a.org, true",
        "a?.org, ab.org, true",
        "a.*, a., true",
        "a.*, a.org, true",
        "a.*, b.org, false",
        "*, a, true",
        "a..org, a.org, true",
        "**, a.b.c, true",
        "[::1], '[::1]:80', true"
    })
    void candidates_ofHostPattern_areThoseItMayMatch(
            String pattern, String host, boolean candidate) {
        int[] found = beside(hosts(pattern)).candidates(host(host));

        assertThat(found).isEqualTo(candidate ? new int[] {0} : new int[0]);
    }

    @Test
    void candidates_requestWithoutHost_areThoseThatMayHaveNone() {
        RouteIndex index =
                RouteIndex.of(List.of(List.of(hosts("a.org")), List.of(hosts("**")), List.of()));

        assertThat(index.candidates(host(null))).containsExactly(1, 2);
    }

    @Test
    void condition_hostWithAGroup_isNone() {
        assertThat(hosts("{s:(a|b)}.org")).isNull();
        assertThat(hosts("{s:(?:a|b)}.org")).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "v1, v1",
        "v1|v2, v1:v2",
        "v1\\.2, v1.2",
        "'', ''",
        "a|, a:",
        "v., none",
        "(a), none",
        "\\d, none",
        "a\\, none",
        "[a], none"
    })
    void exactValues_ofExpression_areItsOnlyMatches(String regex, String expected) {
        Set<String> values = ExactValues.of(regex);

        if (expected.equals("none")) {
            assertThat(values).isNull();
        } else {
            assertThat(values).isEqualTo(Set.of(expected.split(":", -1)));
        }
    }

    @Test
    void candidates_sameByPath_areToldApartByMethodThenHeader() {
        Dimension version = Dimension.header("X-Version");
        List<List<Condition>> routes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            routes.add(
                    List.of(
                            paths("/a/**"),
                            Condition.values(Dimension.METHOD, Set.of(i % 2 == 0 ? "GET" : "PUT")),
                            Condition.values(version, Set.of("v" + i / 2))));
        }
        RouteIndex index = RouteIndex.of(routes);

        assertThat(
                        index.candidates(
                                new Asked(
                                        null,
                                        "/a",
                                        Map.of(
                                                Dimension.METHOD,
                                                List.of("PUT"),
                                                version,
                                                List.of("v7")))))
                // Two are as many as are left together.
                .containsExactly(14, 15);
        assertThat(version).isEqualTo(new Dimension(Dimension.Kind.HEADER, "x-version"));
    }

    @Test
    void candidates_valuesUnknown_ruleNothingOut() {
        Dimension query = Dimension.query("q");
        RouteIndex index =
                RouteIndex.of(
                        List.of(
                                List.of(Condition.values(query, Set.of("1"))),
                                List.of(Condition.values(query, Set.of("2"))),
                                List.of(Condition.values(query, Set.of("3")))));
        RequestFacts unreadable =
                new RequestFacts() {
                    @Override
                    public List<String> steps(Dimension dimension) {
                        throw new AssertionError();
                    }

                    @Override
                    public List<String> values(Dimension dimension) {
                        return null;
                    }
                };

        assertThat(index.candidates(unreadable)).containsExactly(0, 1, 2);
        assertThat(index.candidates(path("/"))).isEmpty();
    }

    @Test
    void candidates_fromSeveralPlaces_areAscendingAndOnce() {
        RouteIndex index =
                RouteIndex.of(
                        List.of(
                                List.of(paths("/a/b")),
                                List.of(),
                                List.of(paths("/{x}/b", "/a/**", "/a/b")),
                                List.of(paths("/**")),
                                List.of(paths("/c")),
                                List.of(paths("/a/*"))));

        assertThat(index.candidates(path("/a/b"))).containsExactly(0, 1, 2, 3, 5);
    }

    @Test
    void candidates_nothingToldApart_areAll() {
        assertThat(RouteIndex.of(List.of(List.of(), List.of(), List.of())).candidates(path("/")))
                .containsExactly(0, 1, 2);
        assertThat(RouteIndex.of(List.of()).candidates(path("/"))).isEmpty();
        assertThat(RouteIndex.of(List.of(List.of())).size()).isEqualTo(1);
    }

    @Test
    void of_twoConditionsOnOneDimension_usesTheFirst() {
        List<Condition> both = List.of(paths("/a/**"), paths("/b/**"));
        RouteIndex index = RouteIndex.of(List.of(both, List.of(paths("/b")), List.of(paths("/c"))));

        assertThat(index.candidates(path("/a"))).containsExactly(0);
        assertThat(index.candidates(path("/b"))).containsExactly(1);
    }

    @Test
    void candidates_routeThatMatchesNoMethod_isNeverOne() {
        Condition nobody = Condition.values(Dimension.METHOD, Set.of());
        Condition get = Condition.values(Dimension.METHOD, Set.of("GET"));
        RouteIndex index = RouteIndex.of(List.of(List.of(nobody), List.of(get), List.of()));

        assertThat(index.candidates(new Asked(null, "/", Map.of(Dimension.METHOD, List.of("GET")))))
                .containsExactly(1, 2);
    }

    @Test
    void candidates_tenThousandRoutes_askNoMoreThanTen() {
        for (int size : new int[] {10, 10_000}) {
            List<List<Condition>> routes = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                routes.add(
                        List.of(
                                hosts("h" + i % 10 + ".org"),
                                paths("/s" + i + "/**"),
                                Condition.values(Dimension.cookie("c"), Set.of("x" + i % 3))));
            }
            Asked request = new Asked("h7.org", "/s7/x", Map.of());

            assertThat(RouteIndex.of(routes).candidates(request)).containsExactly(7);
            assertThat(request.questions).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void draw_overTheWholeRange_givesEachItsShare() {
        WeightGroup group = WeightGroup.of(new java.util.LinkedHashMap<>(Map.of("only", 3)));
        assertThat(group.draw(0.999)).isEqualTo("only");

        Map<String, Integer> weights = new java.util.LinkedHashMap<>();
        weights.put("a", 1);
        weights.put("none", 0);
        weights.put("b", 3);
        WeightGroup shared = WeightGroup.of(weights);
        int first = 0;
        for (int i = 0; i < 1000; i++) {
            String drawn = shared.draw(i / 1000.0);
            assertThat(drawn).isIn("a", "b");
            first += drawn.equals("a") ? 1 : 0;
        }
        assertThat(first).isEqualTo(250);
    }

    @Test
    void draw_noWeight_givesNobody() {
        assertThat(WeightGroup.of(Map.of("a", 0)).draw(0)).isNull();
        assertThat(WeightGroup.of(Map.of()).draw(0.5)).isNull();
    }
}
