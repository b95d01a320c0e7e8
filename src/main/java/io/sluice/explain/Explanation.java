package io.sluice.explain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What would become of a request. Immutable.
 *
 * @param request the request, as it was understood
 * @param answer what the gateway would answer by itself; {@code null} where the upstream does
 * @param route the id of the winning route, or of the likeliest where a weight group draws; {@code
 *     null} where none wins
 * @param share that route's share of the requests like this one, 0 to 1
 * @param alternatives others that the draw may choose
 * @param nearer routes that stand before the winner and do not hold, in match order
 * @param nearerNotShown how many more of those there are
 * @param filters in the order in which the gateway runs them
 * @param authentication what is asked of the client, in order
 * @param limits the rate limits; {@code null} where there are none
 * @param upstream where the request would go; {@code null} without a route
 */
public record Explanation(
        Asked request,
        Part.@Nullable Refusal answer,
        @Nullable String route,
        double share,
        List<RouteChoice.Share> alternatives,
        List<RouteChoice.Nearer> nearer,
        int nearerNotShown,
        List<Filter> filters,
        List<Part.Authentication> authentication,
        Part.@Nullable Limits limits,
        Part.@Nullable Balancing upstream) {

    /**
     * The request.
     *
     * @param client the client's address, after the forwarding headers of trusted proxies
     */
    public record Asked(String method, String path, @Nullable String host, String client) {}

    /**
     * One filter.
     *
     * @param order lower runs earlier; equals keep the order in which they stand
     * @param filter as it describes itself, without values that may be secret
     * @param global whether it runs on every route
     */
    public record Filter(int order, String filter, boolean global) {}

    public Explanation {
        alternatives = List.copyOf(alternatives);
        nearer = List.copyOf(nearer);
        filters = List.copyOf(filters);
        authentication = List.copyOf(authentication);
    }

    /** A request that no route gets. */
    public static Explanation unrouted(Asked request, RouteChoice choice, Part.Refusal answer) {
        return new Explanation(
                request,
                answer,
                null,
                0,
                List.of(),
                choice.nearer(),
                choice.notShown(),
                List.of(),
                List.of(),
                null,
                null);
    }

    /**
     * A request that has a winner.
     *
     * @param choice with at least one winner
     * @param parts what the deciding filters say, in their order; the first refusal is the answer
     */
    public static Explanation routed(
            Asked request, RouteChoice choice, List<Filter> filters, List<Part> parts) {
        RouteChoice.Share winner = choice.winners().get(0);
        return new Explanation(
                request,
                parts.stream()
                        .map(Part::refusal)
                        .filter(java.util.Objects::nonNull)
                        .findFirst()
                        .orElse(null),
                winner.route(),
                winner.share(),
                choice.winners().subList(1, choice.winners().size()),
                choice.nearer(),
                choice.notShown(),
                filters,
                parts.stream()
                        .filter(Part.Authentication.class::isInstance)
                        .map(Part.Authentication.class::cast)
                        .toList(),
                last(parts, Part.Limits.class),
                last(parts, Part.Balancing.class));
    }

    private static <T extends Part> @Nullable T last(List<Part> parts, Class<T> kind) {
        T found = null;
        for (Part part : parts) {
            found = kind.isInstance(part) ? kind.cast(part) : found;
        }
        return found;
    }
}
