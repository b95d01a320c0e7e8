package io.sluice.console;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the console shows of one moment. Bounded in size whatever the configuration. Immutable.
 *
 * @param total all requests; {@code null} until there are two looks to compare, as everywhere below
 * @param routes those with the most requests, in match order
 * @param routesNotShown how many more there are
 * @param upstreams those that the routes lead to, then others
 * @param upstreamsNotShown how many more there are
 * @param policies by name
 * @param policiesNotShown how many more there are
 */
public record Picture(
        @Nullable Traffic total,
        List<Route> routes,
        int routesNotShown,
        List<Upstream> upstreams,
        int upstreamsNotShown,
        List<Policy> policies,
        int policiesNotShown) {

    /**
     * Requests of one route. Rates are those of the last second, percentiles those of the last ten.
     *
     * @param p50Millis {@code null} where nothing was counted
     */
    public record Traffic(
            double perSecond,
            double clientErrorsPerSecond,
            double serverErrorsPerSecond,
            double cancelledPerSecond,
            @Nullable Double p50Millis,
            @Nullable Double p99Millis) {}

    /**
     * A route.
     *
     * @param uri where it leads; {@code null} for requests that no route took
     * @param upstream the upstream it leads to; {@code null} for a plain address
     */
    public record Route(
            String id,
            @Nullable String uri,
            @Nullable String predicates,
            @Nullable String upstream,
            @Nullable Traffic traffic) {}

    /**
     * An upstream.
     *
     * @param instances those in trouble, then those with the most picks, in the order of their ids
     * @param instancesNotShown how many more there are
     * @param owners who owns places spread evenly over the hash ring: a place among the instances
     *     shown, or -1 for one that is not; {@code null} for algorithms without a ring
     */
    public record Upstream(
            String id,
            String algorithm,
            @Nullable String source,
            @Nullable String trouble,
            boolean panicking,
            boolean zoneLocal,
            @Nullable List<Integer> owners,
            List<Instance> instances,
            int instancesNotShown) {}

    /**
     * An instance.
     *
     * @param share its part of the picks of the last ten seconds, 0 to 1; {@code null} where there
     *     were none
     * @param idealShare its part by weight among those that can be used; {@code null} where traffic
     *     is kept to one zone
     * @param ringShare its part of the ring; {@code null} where there is no ring
     */
    public record Instance(
            Observation.Instance now,
            @Nullable Double share,
            @Nullable Double idealShare,
            @Nullable Double ringShare) {}

    /**
     * A rate-limit policy.
     *
     * @param decisions per second and source, of the last second; sources that never decided are
     *     left out
     */
    public record Policy(
            String name,
            long capacity,
            double fillSeconds,
            boolean shadow,
            Map<String, Observation.Decisions> decisions,
            Map<String, Observation.Decisions> perSecond,
            List<Observation.Bucket> nearest) {}
}
