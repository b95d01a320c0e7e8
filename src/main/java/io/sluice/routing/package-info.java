/**
 * Finds the few routes that a request can match, at a cost that does not grow with their number.
 *
 * <p>A route is given by {@link io.sluice.routing.Condition}s that every request it matches
 * fulfils; what cannot be said that way is left out, and the route is found more often than needed.
 * So {@link io.sluice.routing.RouteIndex} answers with a superset, in the routes' own order, and
 * the caller tests each against its whole predicate:
 *
 * <pre>{@code
 * RouteIndex index = RouteIndex.of(List.of(
 *         List.of(PathShapes.condition(List.of("/orders/**"))),
 *         List.of(Condition.values(Dimension.METHOD, Set.of("GET")))));
 * index.candidates(request);  // GET /orders/7: 0, 1
 * }</pre>
 *
 * <p>{@link io.sluice.routing.WeightGroup} draws one of several routes that share traffic.
 */
@NullMarked
package io.sluice.routing;

import org.jspecify.annotations.NullMarked;
