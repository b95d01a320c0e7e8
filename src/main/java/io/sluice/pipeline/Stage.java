package io.sluice.pipeline;

import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.ReactiveLoadBalancerClientFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.core.Ordered;

/**
 * The way of a request, top to bottom: every filter of Sluice, in the order in which a request
 * meets it. A filter takes its order from here and from nowhere else.
 *
 * <p>The first group runs on every request to the traffic port, before a route is chosen. The
 * second runs once a route is chosen; the route's own filters (1, 2, … in the order they are
 * written) stand between {@link #WRITE_RESPONSE} and {@link #BALANCE}.
 */
public enum Stage {
    // --- every request ------------------------------------------------------------------------
    /**
     * Request id, clock, access log, metrics, the count that a drain waits for. Sees everything.
     */
    OBSERVE(Ordered.HIGHEST_PRECEDENCE),
    /**
     * Refuses what cannot be routed without doubt; settles the client's address; removes headers
     * that only a proxy may send.
     */
    EDGE(Ordered.HIGHEST_PRECEDENCE + 10),
    /** Removes identity headers, before any predicate or filter could believe one. */
    STRIP_IDENTITY(Ordered.HIGHEST_PRECEDENCE + 20),

    // --- once a route is chosen ---------------------------------------------------------------
    /** Refuses a path that this route has not asked to let pass. */
    CHECK_PATH(-400),
    /** Limits that a route wants to count what authentication refuses: by address, not by user. */
    RATE_LIMIT_STRANGERS(-350),
    /** Early: what is refused here costs nothing further, and limits may count by identity. */
    AUTHENTICATE(-300),
    /** After authentication (keys by user), before anything that is worth limiting. */
    RATE_LIMIT(-200),
    /** Around the writing of the response, so that a lease lasts until its last byte. */
    LEASE(-100),
    /** Spring Cloud Gateway writes the upstream's answer here; the route's own filters follow. */
    WRITE_RESPONSE(NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER),
    /** Refuses what the route's own filters have made of the path, if it is no better than that. */
    CHECK_TARGET(RouteToRequestUrlFilter.ROUTE_TO_URL_FILTER_ORDER + 100),
    /** Picks an endpoint for each attempt, and tries another where that is safe. */
    BALANCE(ReactiveLoadBalancerClientFilter.LOAD_BALANCER_CLIENT_FILTER_ORDER),
    /** Sends the request and takes the answer's head. */
    PROXY(Ordered.LOWEST_PRECEDENCE);

    private final int order;

    Stage(int order) {
        this.order = order;
    }

    /** The Spring order; lower runs earlier. */
    public int order() {
        return order;
    }
}
