package io.sluice.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A configuration in the making. Features read their new settings here and put what they have
 * compiled; then it is either activated or discarded. For one thread.
 */
public final class Draft {

    private final Map<Class<?>, Object> settings;
    private final List<Runnable> beforeSwap = new ArrayList<>();
    private final List<Runnable> afterSwap = new ArrayList<>();
    private final List<Runnable> onDiscard = new ArrayList<>();
    private Configuration configuration;
    private boolean routesOutdated;

    /**
     * @param base the current configuration as its next version; parts that no feature replaces
     *     stay
     * @param settings the features' new settings by their types
     */
    public Draft(Configuration base, Map<Class<?>, Object> settings) {
        this.configuration = base;
        this.settings = Map.copyOf(settings);
    }

    /** A feature's new settings. */
    public <T> T setting(Class<T> type) {
        Object value = settings.get(type);
        if (value == null) {
            throw new IllegalArgumentException("no settings of " + type);
        }
        return type.cast(value);
    }

    public Configuration configuration() {
        return configuration;
    }

    public <T> void put(Part<T> part, T value) {
        configuration = configuration.with(part, value);
    }

    public <T> @Nullable T find(Part<T> part) {
        return configuration.find(part);
    }

    /** Routes have to be built anew even if they say what they said: their filters read this. */
    public void outdateRoutes() {
        routesOutdated = true;
    }

    public boolean routesOutdated() {
        return routesOutdated;
    }

    /** To be done once nothing can be refused any more; may wait a moment. */
    public void beforeSwap(Runnable step) {
        beforeSwap.add(step);
    }

    /** To be done when requests are served by it: what the former one had is let go. */
    public void afterSwap(Runnable step) {
        afterSwap.add(step);
    }

    /** To be done when it is not taken. */
    public void onDiscard(Runnable step) {
        onDiscard.add(step);
    }

    public void runBeforeSwap() {
        beforeSwap.forEach(Runnable::run);
    }

    public void runAfterSwap() {
        afterSwap.forEach(Runnable::run);
    }

    public void discard() {
        onDiscard.forEach(Runnable::run);
    }
}
