package io.sluice.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * The configuration that new requests are served by: one volatile field, replaced whole. Any thread
 * reads; features put their part at start, and routes and reloads replace it later, one at a time.
 */
public final class ActiveConfiguration {

    private volatile Configuration current = Configuration.first();
    private volatile @Nullable Configuration building;

    public Configuration current() {
        return current;
    }

    /**
     * What routes are being built for: the configuration that is about to be activated, else the
     * current one. For what takes part in building routes, on the thread that does.
     */
    public Configuration building() {
        Configuration draft = building;
        return draft == null ? current : draft;
    }

    /** Replaces one part under the same version. */
    public synchronized <T> void put(Part<T> part, T value) {
        current = current.with(part, value);
    }

    /** From now on routes are built for this one; {@code null}: for the current one. */
    public void build(@Nullable Configuration draft) {
        building = draft;
    }

    /** The swap: every request that begins after it is served by this. */
    public synchronized void activate(Configuration next) {
        current = next;
    }
}
