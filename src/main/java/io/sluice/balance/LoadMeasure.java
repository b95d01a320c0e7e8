package io.sluice.balance;

import io.sluice.upstream.EndpointState;

/** How loaded an endpoint is; what {@link LeastLoadedPicker} compares. */
interface LoadMeasure {

    /**
     * The load before weights: 0 for an endpoint that comes before all that are busy, else positive
     * and finite.
     *
     * @param nowNanos the time of the pick
     * @param probing whether this pick may be spent on learning about an endpoint
     */
    float load(EndpointState state, long nowNanos, boolean probing);
}
