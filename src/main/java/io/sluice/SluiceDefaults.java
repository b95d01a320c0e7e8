package io.sluice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;

/**
 * Puts {@code sluice-defaults.yml} below every other property source. A file of its own rather than
 * the jar's {@code application.yml}: that one is lost with {@code --spring.config.location}, and
 * with it the separate management port.
 *
 * <p>The lowest source there is are the default properties of {@link SpringApplication}, which it
 * keeps last. So ours go into that source, below those that an application has put there.
 */
final class SluiceDefaults implements EnvironmentPostProcessor {

    private static final String FILE = "sluice-defaults.yml";

    @Override
    public void postProcessEnvironment(
            ConfigurableEnvironment environment, SpringApplication application) {
        MutablePropertySources sources = environment.getPropertySources();
        Map<String, Object> lowest = read();
        PropertySource<?> applications = sources.remove(DefaultPropertiesPropertySource.NAME);
        if (applications instanceof EnumerablePropertySource<?> own) {
            for (String name : own.getPropertyNames()) {
                lowest.put(name, String.valueOf(own.getProperty(name)));
            }
        }
        sources.addLast(new DefaultPropertiesPropertySource(lowest));
    }

    private static Map<String, Object> read() {
        Map<String, Object> values = new HashMap<>();
        try {
            for (PropertySource<?> document :
                    new YamlPropertySourceLoader().load(FILE, new ClassPathResource(FILE))) {
                ((Map<?, ?>) document.getSource())
                        .forEach((name, value) -> values.put(name.toString(), plain(value)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " cannot be read", e);
        }
        return values;
    }

    private static Object plain(Object value) {
        Object inner = value instanceof OriginTrackedValue tracked ? tracked.getValue() : value;
        return String.valueOf(inner);
    }
}
