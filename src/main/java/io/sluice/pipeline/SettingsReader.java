package io.sluice.pipeline;

import java.util.Map;
import org.springframework.core.env.ConfigurableEnvironment;

/** Reads all of Sluice's settings out of an environment. */
@FunctionalInterface
public interface SettingsReader {

    /**
     * The features' settings by their types.
     *
     * @throws RuntimeException as at start, for a value of the wrong type and a key nobody reads
     */
    Map<Class<?>, Object> read(ConfigurableEnvironment environment);
}
