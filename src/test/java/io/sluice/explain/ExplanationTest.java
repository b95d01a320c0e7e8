package io.sluice.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.explain.Explanation.Asked;
import io.sluice.explain.Part.Authentication;
import io.sluice.explain.Part.Balancing;
import io.sluice.explain.Part.Limits;
import io.sluice.explain.Part.Refusal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExplanationTest {

    private static final Asked ASKED = new Asked("GET", "/a", "h", "127.0.0.1");
    private static final RouteChoice CHOICE =
            RouteChoice.of(List.of(new Trial("a", List.of(), null)), 1);
    private static final Refusal DENIED = new Refusal(429, "rate-limit-exceeded", "too few");
    private static final Refusal AWAY = new Refusal(503, "no-upstream-instance", "none");

    private static Balancing balancing(@Nullable Refusal refusal) {
        return new Balancing("u", "lb://u", "ip-hash", true, "x:1", List.of("x:1"), null, refusal);
    }

    @Test
    void routed_firstRefusal_isTheAnswer() {
        Explanation all =
                Explanation.routed(
                        ASKED,
                        CHOICE,
                        List.of(),
                        List.of(
                                new Authentication("JwtAuth", Map.of(), false, "good", null),
                                new Limits(List.of(), DENIED),
                                balancing(AWAY)));

        assertThat(all.answer()).isEqualTo(DENIED);
        assertThat(all.route()).isEqualTo("a");
        assertThat(all.authentication()).hasSize(1);
        assertThat(all.limits()).isNotNull();
        assertThat(all.upstream()).isEqualTo(balancing(AWAY));
    }

    @Test
    void routed_withoutRefusal_leavesTheAnswerToTheUpstream() {
        Explanation plain = Explanation.routed(ASKED, CHOICE, List.of(), List.of(balancing(null)));

        assertThat(plain.answer()).isNull();
        assertThat(plain.limits()).isNull();
        assertThat(plain.authentication()).isEmpty();
    }

    @Test
    void routed_aCheckThatRefuses_isTheAnswer() {
        Refusal badPath = new Refusal(400, "bad-path", "semicolon");

        assertThat(
                        Explanation.routed(
                                        ASKED,
                                        CHOICE,
                                        List.of(),
                                        List.of(new Part.Check(badPath), balancing(null)))
                                .answer())
                .isEqualTo(badPath);
    }

    @Test
    void unrouted_hasNeitherRouteNorUpstream() {
        Explanation none =
                Explanation.unrouted(
                        ASKED, RouteChoice.of(List.of(), 1), new Refusal(404, "not-found", "no"));

        assertThat(none.route()).isNull();
        assertThat(none.upstream()).isNull();
        assertThat(none.answer()).isNotNull();
    }
}
