package io.sluice.reload.spring;

import io.sluice.reload.ConfigurationHash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.config.ConfigDataEnvironmentUpdateListener;
import org.springframework.boot.context.config.ConfigDataLocation;
import org.springframework.boot.context.config.ConfigDataResource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.env.ConfigTreePropertySource;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.DefaultResourceLoader;

/**
 * Reads the configuration again as the start does, by Spring Boot's own means: profiles, imports,
 * and what wins over what are the same. What does not come from files (arguments, environment,
 * Sluice's defaults) is as it was.
 */
final class ConfigurationReader {

    /**
     * What was read.
     *
     * @param sources what came from files, the one that wins first
     */
    record Read(ConfigurableEnvironment environment, List<EnumerablePropertySource<?>> sources) {

        String hash() {
            return ConfigurationHash.of(sources.stream().map(Read::values).toList());
        }

        /** Every key of the files with the value that wins. */
        Map<String, String> flat() {
            Map<String, String> flat = new HashMap<>();
            sources.forEach(source -> values(source).forEach(flat::putIfAbsent));
            return flat;
        }

        static Map<String, String> values(EnumerablePropertySource<?> source) {
            Map<String, String> values = new LinkedHashMap<>();
            for (String name : source.getPropertyNames()) {
                values.put(name, String.valueOf(source.getProperty(name)));
            }
            return values;
        }
    }

    private final List<PropertySource<?>> fixed = new ArrayList<>();

    /**
     * @param arguments the arguments that the user gave, where the process runs on others
     */
    ConfigurationReader(ConfigurableEnvironment running, String @Nullable [] arguments) {
        for (PropertySource<?> source : running.getPropertySources()) {
            if (arguments != null && source instanceof CommandLinePropertySource<?>) {
                fixed.add(new SimpleCommandLinePropertySource(arguments));
            } else if (!isFromFiles(source)
                    && !ConfigurationPropertySources.isAttachedConfigurationPropertySource(
                            source)) {
                fixed.add(source);
            }
        }
    }

    private static boolean isFromFiles(PropertySource<?> source) {
        return source instanceof ConfigTreePropertySource
                || source.getName().startsWith("Config resource ")
                || source.getName().startsWith("Config tree ");
    }

    /** What says where the files are: all but the files. */
    ConfigurableEnvironment locations() {
        ConfigurableEnvironment fresh =
                new StandardEnvironment() {
                    @Override
                    protected void customizePropertySources(MutablePropertySources sources) {
                        fixed.forEach(sources::addLast);
                    }
                };
        fresh.setConversionService(new ApplicationConversionService());
        ConfigurationPropertySources.attach(fresh);
        return fresh;
    }

    Read read() {
        ConfigurableEnvironment fresh = locations();
        List<PropertySource<?>> added = new ArrayList<>();
        ConfigDataEnvironmentPostProcessor.applyTo(
                fresh,
                new DefaultResourceLoader(),
                null,
                List.of(),
                new ConfigDataEnvironmentUpdateListener() {
                    @Override
                    public void onPropertySourceAdded(
                            PropertySource<?> source,
                            @Nullable ConfigDataLocation location,
                            @Nullable ConfigDataResource resource) {
                        added.add(source);
                    }
                });
        List<EnumerablePropertySource<?>> sources = new ArrayList<>();
        for (PropertySource<?> source : fresh.getPropertySources()) {
            if (added.contains(source) && source instanceof EnumerablePropertySource<?> listed) {
                sources.add(listed);
            }
        }
        return new Read(fresh, sources);
    }
}
