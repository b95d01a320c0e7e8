package io.sluice.pipeline;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a request is served by and that a reload may change, compiled: routes, upstreams,
 * limits, issuers, edge. A request keeps to one from its first filter to its last. Immutable.
 */
public final class Configuration {

    private final long version;
    private final @Nullable Object[] parts;

    private Configuration(long version, @Nullable Object[] parts) {
        this.version = version;
        this.parts = parts;
    }

    /** Version 1, without any part. */
    public static Configuration first() {
        return new Configuration(1, new Object[0]);
    }

    /** Counts the configurations that this process has activated, from 1. */
    public long version() {
        return version;
    }

    /** A feature's part, or {@code null} where it has put none. */
    @SuppressWarnings("unchecked") // with() is the only way in
    public <T> @Nullable T find(Part<T> part) {
        return part.place() < parts.length ? (T) parts[part.place()] : null;
    }

    /**
     * A feature's part.
     *
     * @throws IllegalStateException where it has put none
     */
    public <T> T get(Part<T> part) {
        T found = find(part);
        if (found == null) {
            throw new IllegalStateException("a part of the configuration is missing");
        }
        return found;
    }

    /** The same with this part. */
    public <T> Configuration with(Part<T> part, T value) {
        @Nullable Object[] copy = Arrays.copyOf(parts, Math.max(parts.length, part.place() + 1));
        copy[part.place()] = value;
        return new Configuration(version, copy);
    }

    /** The same as the next version. */
    public Configuration next() {
        return new Configuration(version + 1, parts);
    }
}
