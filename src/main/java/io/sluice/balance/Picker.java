package io.sluice.balance;

import io.sluice.upstream.EndpointSet;
import org.jspecify.annotations.Nullable;

/**
 * Chooses an endpoint for a request. Immutable but for atomic counters, safe for any number of
 * threads, without locks and without allocation.
 */
public interface Picker {

    /**
     * The chosen member, or {@code null} when no usable endpoint is left that the request has not
     * tried. The caller takes a lease on the member's state at once, so that the next pick sees it.
     *
     * @param nowNanos the clock's reading that the lease will begin with: one reading serves both.
     *     Only an algorithm with {@link Algorithm#readsClock()} looks at it
     */
    EndpointSet.@Nullable Member pick(PickRequest request, long nowNanos);

    /**
     * The ring that keys are looked up on, to be looked at; {@code null} where there is none.
     *
     * @param sectors number of places on it whose owners are listed
     */
    default @Nullable RingShape ring(int sectors) {
        return null;
    }
}
