package io.sluice.pipeline;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A feature's place in a {@link Configuration}. Each is made once, as a constant of its feature.
 *
 * @param <T> what the feature compiles its settings into; immutable
 */
public final class Part<T> {

    private static final AtomicInteger MADE = new AtomicInteger();

    private final int place = MADE.getAndIncrement();

    int place() {
        return place;
    }
}
