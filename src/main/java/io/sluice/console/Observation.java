package io.sluice.console;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one look at the running gateway found; counters count since the process began. Immutable.
 *
 * @param nanos when, on a monotonic clock
 * @param routes the active routes in match order
 * @param counts what was counted of requests, by route id; requests that no route took under {@link
 *     #UNROUTED}
 * @param upstreams in the order of their ids
 * @param policies by name
 */
public record Observation(
        long nanos,
        List<Route> routes,
        Map<String, Counts> counts,
        List<Upstream> upstreams,
        List<Policy> policies) {

    /** What metrics call the route of requests that have none. */
    public static final String UNROUTED = "none";

    /**
     * A route.
     *
     * @param uri where it leads, as configured
     * @param predicates the tests, in words
     */
    public record Route(String id, String uri, String predicates) {

        private static final String BALANCED = "lb://";

        /** The upstream it leads to, or {@code null} for a plain address. */
        @Nullable String upstream() {
            if (!uri.startsWith(BALANCED)) {
                return null;
            }
            String rest = uri.substring(BALANCED.length());
            int end = rest.indexOf('/');
            return end < 0 ? rest : rest.substring(0, end);
        }
    }

    /**
     * An upstream.
     *
     * @param trouble why its source does not answer; {@code null} while it does
     * @param panicking whether unusable instances are used because too few are usable
     * @param zoneLocal whether traffic is kept to the gateway's own zone
     * @param ring who owns places spread evenly over the hash ring, by place among the ring's
     *     instances; {@code null} for algorithms without one
     */
    public record Upstream(
            String id,
            String algorithm,
            @Nullable String source,
            @Nullable String trouble,
            boolean panicking,
            boolean zoneLocal,
            @Nullable Ring ring,
            List<Instance> instances) {}

    /**
     * A hash ring.
     *
     * @param shares part of the keys that each instance id owns, 0 to 1
     * @param owners who owns places spread evenly over it, as places among the keys of shares
     */
    public record Ring(Map<String, Double> shares, List<Integer> owners) {}

    /**
     * An instance.
     *
     * @param health up, down or draining
     * @param reason the same in words
     * @param effectiveWeight its weight now, slow start included
     * @param picks how often it was picked
     * @param score what the algorithm compares, the lowest first; {@code null} where it goes by
     *     turn or key
     */
    public record Instance(
            String id,
            String health,
            String reason,
            @Nullable Double ejectedSeconds,
            int weight,
            double effectiveWeight,
            @Nullable String zone,
            int inFlight,
            long picks,
            long failures,
            @Nullable Double responseTimeMillis,
            @Nullable Double score) {

        boolean usable() {
            return health.equals("up");
        }
    }

    /**
     * A rate-limit policy.
     *
     * @param capacity tokens in a full bucket
     * @param fillSeconds from empty to full
     * @param decisions by source, such as redis or local
     * @param nearest the buckets with the least left, the emptiest first
     */
    public record Policy(
            String name,
            long capacity,
            double fillSeconds,
            boolean shadow,
            Map<String, Decisions> decisions,
            List<Bucket> nearest) {}

    /** Decisions of one source. */
    public record Decisions(double allowed, double denied, double shadowDenied) {

        static final Decisions NONE = new Decisions(0, 0, 0);
    }

    /**
     * A bucket.
     *
     * @param key whose, with secrets masked
     * @param resetSeconds until it is full; below 0 where it does not refill
     */
    public record Bucket(String key, long remaining, long capacity, double resetSeconds) {}

    public Observation {
        routes = List.copyOf(routes);
        counts = Map.copyOf(counts);
        upstreams = List.copyOf(upstreams);
        policies = List.copyOf(policies);
    }
}
