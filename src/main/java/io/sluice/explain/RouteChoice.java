package io.sluice.explain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who wins a request, of routes that were tried in match order. Without weights that is the first
 * whose predicates hold; with weights it is a draw, and each possible winner has a share.
 * Immutable.
 *
 * @param winners the possible winners, the likeliest first; empty where no route holds
 * @param nearer routes that stand before the last possible winner and do not hold, in match order
 * @param notShown how many more of those there are
 */
public record RouteChoice(List<Share> winners, List<Nearer> nearer, int notShown) {

    /**
     * A possible winner.
     *
     * @param share of the requests like this one, above 0 to 1
     */
    public record Share(String route, double share) {}

    /**
     * A route that does not win.
     *
     * @param predicate the first that does not hold
     * @param failed {@code false} where it threw instead
     * @param why what of the request it looked at, as far as that is known
     */
    public record Nearer(String route, String predicate, boolean failed, @Nullable String why) {}

    public RouteChoice {
        winners = List.copyOf(winners);
        nearer = List.copyOf(nearer);
    }

    /**
     * Draws of different groups are independent, and one group draws once for each request: a route
     * of weight 0, or one whose group has given all its shares away, does not win.
     *
     * @param trials the routes in match order, at least up to the first that holds and is not drawn
     * @param most how many that do not hold are shown; those of which most predicates held stay
     */
    public static RouteChoice of(List<Trial> trials, int most) {
        List<Share> winners = new ArrayList<>();
        List<Trial> failing = new ArrayList<>();
        Map<String, Double> given = new HashMap<>();
        for (Trial trial : trials) {
            if (!trial.holds()) {
                failing.add(trial);
                continue;
            }
            double share = share(trial.draw(), given);
            if (share > 0) {
                winners.add(new Share(trial.route(), share));
            }
            if (trial.draw() == null) {
                break;
            }
        }
        winners.sort(Comparator.comparingDouble(Share::share).reversed());
        List<Nearer> shown = shown(failing, most);
        return new RouteChoice(winners, shown, failing.size() - shown.size());
    }

    private static double share(Trial.@Nullable Draw draw, Map<String, Double> given) {
        String own = draw == null ? "" : draw.group();
        double others = 1;
        for (Map.Entry<String, Double> group : given.entrySet()) {
            others *= group.getKey().equals(own) && draw != null ? 1 : 1 - group.getValue();
        }
        if (draw == null) {
            return others < LEAST ? 0 : others;
        }
        given.merge(own, draw.share(), Double::sum);
        return draw.share() * others;
    }

    /** Below this it is rounding. */
    private static final double LEAST = 1e-12;

    private static List<Nearer> shown(List<Trial> failing, int most) {
        Set<Trial> kept = new HashSet<>();
        failing.stream()
                .sorted(Comparator.comparingInt(Trial::held).reversed())
                .limit(most)
                .forEach(kept::add);
        return failing.stream()
                .filter(kept::contains)
                .limit(most)
                .map(RouteChoice::nearer)
                .toList();
    }

    private static Nearer nearer(Trial trial) {
        Trial.Step step = trial.steps().get(trial.steps().size() - 1);
        return new Nearer(
                trial.route(), step.predicate(), step.result() == Trial.Result.FAILS, step.why());
    }
}
