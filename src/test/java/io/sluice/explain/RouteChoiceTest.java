package io.sluice.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.explain.RouteChoice.Nearer;
import io.sluice.explain.RouteChoice.Share;
import io.sluice.explain.Trial.Draw;
import io.sluice.explain.Trial.Result;
import io.sluice.explain.Trial.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteChoiceTest {

    private static final Step PATH = new Step("Path /a", Result.HOLDS, null);

    private static Trial holding(String route) {
        return new Trial(route, List.of(PATH), null);
    }

    private static Trial drawn(String route, String group, int weight, int sum) {
        return new Trial(route, List.of(PATH), new Draw(group, weight, sum));
    }

    private static Trial failing(String route, int held, Result result) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < held; i++) {
            steps.add(PATH);
        }
        steps.add(new Step("Host b", result, "the host is c"));
        return new Trial(route, steps, null);
    }

    @Test
    void of_firstThatHolds_winsAlone() {
        RouteChoice choice =
                RouteChoice.of(
                        List.of(failing("x", 1, Result.FAILS), holding("a"), holding("b")), 9);

        assertThat(choice.winners()).containsExactly(new Share("a", 1));
        assertThat(choice.nearer())
                .containsExactly(new Nearer("x", "Host b", true, "the host is c"));
        assertThat(choice.notShown()).isZero();
    }

    @Test
    void of_noneHolds_hasNoWinner() {
        RouteChoice choice = RouteChoice.of(List.of(failing("x", 0, Result.ERROR)), 9);

        assertThat(choice.winners()).isEmpty();
        assertThat(choice.nearer().get(0).failed()).isFalse();
        assertThat(RouteChoice.of(List.of(), 9).winners()).isEmpty();
    }

    @Test
    void of_routeWithoutPredicates_wins() {
        assertThat(RouteChoice.of(List.of(new Trial("any", List.of(), null)), 1).winners())
                .containsExactly(new Share("any", 1));
    }

    @Test
    void of_oneGroup_sharesByWeight() {
        RouteChoice choice =
                RouteChoice.of(List.of(drawn("new", "g", 1, 4), drawn("old", "g", 3, 4)), 9);

        assertThat(choice.winners())
                .containsExactly(new Share("old", 0.75), new Share("new", 0.25));
    }

    @Test
    void of_groupWhoseOtherRoutesDoNotMatch_leavesTheRestToLaterOnes() {
        RouteChoice choice =
                RouteChoice.of(
                        List.of(drawn("a", "g", 1, 4), drawn("b", "g", 2, 4), holding("rest")), 9);

        assertThat(choice.winners())
                .containsExactly(
                        new Share("b", 0.5), new Share("a", 0.25), new Share("rest", 0.25));
    }

    @Test
    void of_groupThatGivesAllAway_leavesNothingToLaterOnes() {
        RouteChoice choice =
                RouteChoice.of(
                        List.of(drawn("a", "g", 1, 3), drawn("b", "g", 2, 3), holding("rest")), 9);

        assertThat(choice.winners()).extracting(Share::route).containsExactly("b", "a");
    }

    @Test
    void of_twoGroups_areIndependent() {
        RouteChoice choice =
                RouteChoice.of(
                        List.of(
                                drawn("a", "g", 1, 2),
                                drawn("c", "h", 1, 2),
                                drawn("b", "g", 1, 2)),
                        9);

        assertThat(choice.winners()).hasSize(3);
        assertThat(share(choice, "a")).isEqualTo(0.5, within(1e-9));
        assertThat(share(choice, "c")).isEqualTo(0.25, within(1e-9));
        assertThat(share(choice, "b")).isEqualTo(0.25, within(1e-9));
    }

    private static double share(RouteChoice choice, String route) {
        return choice.winners().stream()
                .filter(one -> one.route().equals(route))
                .mapToDouble(Share::share)
                .sum();
    }

    @Test
    void of_weightsThatSumToZero_drawNobody() {
        assertThat(RouteChoice.of(List.of(drawn("a", "g", 0, 0)), 9).winners()).isEmpty();
        assertThat(RouteChoice.of(List.of(drawn("a", "g", 0, 5), holding("b")), 9).winners())
                .containsExactly(new Share("b", 1));
    }

    @Test
    void of_moreThanAreShown_keepsTheNearestInMatchOrder() {
        RouteChoice choice =
                RouteChoice.of(
                        List.of(
                                failing("far", 0, Result.FAILS),
                                failing("near", 2, Result.FAILS),
                                failing("farther", 0, Result.FAILS),
                                failing("nearer", 3, Result.FAILS)),
                        2);

        assertThat(choice.nearer()).extracting(Nearer::route).containsExactly("near", "nearer");
        assertThat(choice.notShown()).isEqualTo(2);
    }
}
