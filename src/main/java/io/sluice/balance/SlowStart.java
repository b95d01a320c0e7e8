package io.sluice.balance;

import io.sluice.upstream.EndpointHealth;

/**
 * The weight of an endpoint that has just come: it climbs in a straight line over a window,
 * beginning at {@value #LEAST_PERCENT} percent so that the endpoint warms up at all. It climbs in
 * steps of {@value #STEP_PERCENT} percent: a picker is rebuilt at each, and weights in twentieths
 * keep the cycle of weighted round robin short.
 *
 * @param windowNanos 0 for off
 */
record SlowStart(long windowNanos) {

    static final int LEAST_PERCENT = 10;
    static final int STEP_PERCENT = 5;

    /** What one unit of weight is divided into while any endpoint climbs. */
    static final int WEIGHT_SCALE = 100 / STEP_PERCENT;

    /** The percentage of its weight that an endpoint has now, {@value #LEAST_PERCENT} to 100. */
    int percent(EndpointHealth health, long nowNanos) {
        Long since = health.usableSinceNanos();
        if (windowNanos <= 0 || !health.usable() || since == null) {
            return 100;
        }
        long ageNanos = Math.max(0, nowNanos - since);
        if (ageNanos >= windowNanos) {
            return 100;
        }
        int exact = (int) (100.0 * ageNanos / windowNanos);
        return Math.max(LEAST_PERCENT, exact - exact % STEP_PERCENT);
    }

    /** A weight times {@link #WEIGHT_SCALE} at a percentage; 0 stays 0. */
    static int scaled(int weight, int percent) {
        return (int) Math.min(Integer.MAX_VALUE, (long) weight * percent / STEP_PERCENT);
    }
}
