package io.sluice.upstream;

import org.jspecify.annotations.Nullable;

/**
 * What probes and outlier detection say of one endpoint.
 *
 * @param usable whether it may be picked
 * @param usableSinceNanos when it became so, by the clock of the leases: when it was first seen or
 *     last recovered. {@code null} when that is so long ago that it no longer matters
 */
public record EndpointHealth(boolean usable, @Nullable Long usableSinceNanos) {

    /** Usable, and has been for long. */
    public static final EndpointHealth USABLE = new EndpointHealth(true, null);

    public static final EndpointHealth UNUSABLE = new EndpointHealth(false, null);

    public static EndpointHealth usableSince(long nanos) {
        return new EndpointHealth(true, nanos);
    }
}
