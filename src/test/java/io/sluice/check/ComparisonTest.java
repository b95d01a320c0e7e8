package io.sluice.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.check.Comparison.Aspect;
import io.sluice.check.Comparison.Change;
import io.sluice.check.Comparison.Fate;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    private static final Fate A = new Fate("a", "p", "JwtAuth", "lb://a", null);
    private static final Fate B = new Fate("b", "p", null, "lb://b", null);
    private static final Fate NONE = new Fate(null, null, null, null, "404 not-found");

    @Test
    void add_sameFates_differInNothing() {
        Comparison comparison = new Comparison(3);
        comparison.add("GET /", 5, A, A);

        assertThat(comparison.total()).isEqualTo(5);
        assertThat(comparison.different()).isZero();
        assertThat(comparison.changes()).isEmpty();
    }

    @Test
    void add_otherFates_areCountedByAspectWithTheirFirstExamples() {
        Comparison comparison = new Comparison(1);
        comparison.add("GET /1", 2, A, B);
        comparison.add("GET /2", 3, A, B);
        comparison.add("GET /3", 1, A, A);

        assertThat(comparison.total()).isEqualTo(6);
        assertThat(comparison.different()).isEqualTo(5);
        assertThat(comparison.changes())
                .containsExactly(
                        new Change(Aspect.ROUTE, "a", "b", 5, List.of("GET /1")),
                        new Change(Aspect.AUTHENTICATION, "JwtAuth", "none", 5, List.of("GET /1")),
                        new Change(Aspect.UPSTREAM, "lb://a", "lb://b", 5, List.of("GET /1")));
        assertThat(Aspect.LIMITS.text()).isEqualTo("rate limits");
    }

    @Test
    void add_anAnswerOfTheGateways_isAnAspectToo() {
        Comparison comparison = new Comparison(1);
        comparison.add("GET /1", 1, B, NONE);

        assertThat(comparison.changes())
                .extracting(Change::aspect)
                .containsExactly(Aspect.ROUTE, Aspect.LIMITS, Aspect.UPSTREAM, Aspect.ANSWER);
    }
}
