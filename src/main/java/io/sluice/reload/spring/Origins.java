package io.sluice.reload.spring;

import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.Resource;

/** Finds the file and the line that a property was read from. */
public final class Origins {

    /**
     * A place in a file.
     *
     * @param line from 1; 0 where it is not known
     */
    public record Place(@Nullable String file, int line) {
        static final Place UNKNOWN = new Place(null, 0);
    }

    private static final String ROUTES = "spring.cloud.gateway.server.webflux.routes";

    /** What filters call the place where they stand. */
    private static final Pattern FILTER = Pattern.compile("^filter \\w+ of route (.*)$");

    /** What Spring Cloud Gateway calls an argument of a predicate or filter. */
    private static final Pattern ARGUMENT =
            Pattern.compile("^" + Pattern.quote(ROUTES) + "\\.([^.]+)\\..*$");

    private Origins() {}

    /** The place of this property, or of the first that stands below it. */
    public static Place of(@Nullable ConfigurableEnvironment environment, String property) {
        if (environment == null) {
            return Place.UNKNOWN;
        }
        ConfigurationPropertyName name =
                ConfigurationPropertyName.adapt(indexed(environment, property), '.');
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            Origin exact = Origin.from(source.getConfigurationProperty(name));
            Origin origin = exact == null ? below(source, name) : exact;
            if (origin != null) {
                return of(origin);
            }
        }
        return Place.UNKNOWN;
    }

    private static @Nullable Origin below(
            ConfigurationPropertySource source, ConfigurationPropertyName name) {
        if (name.isEmpty() || !(source instanceof IterableConfigurationPropertySource listed)) {
            return null;
        }
        return listed.stream()
                .filter(name::isAncestorOf)
                .findFirst()
                .map(source::getConfigurationProperty)
                .map(Origin::from)
                .orElse(null);
    }

    static Place of(@Nullable Origin origin) {
        Origin found =
                origin instanceof PropertySourceOrigin wrapped ? wrapped.getOrigin() : origin;
        for (Origin at = found; at != null; at = at.getParent()) {
            if (at instanceof TextResourceOrigin text) {
                int line = text.getLocation() == null ? 0 : text.getLocation().getLine() + 1;
                return new Place(path(text.getResource()), line);
            }
        }
        return Place.UNKNOWN;
    }

    static @Nullable String path(@Nullable Resource resource) {
        if (resource == null) {
            return null;
        }
        try {
            return resource.isFile()
                    ? resource.getFile().getAbsolutePath()
                    : resource.getDescription();
        } catch (IOException notOpened) {
            return resource.getDescription();
        }
    }

    /** Messages name a route by its id where files have its number. */
    private static String indexed(ConfigurableEnvironment environment, String named) {
        String property = FILTER.matcher(named).replaceFirst(ROUTES + "[$1].filters");
        property = ARGUMENT.matcher(property).replaceFirst(ROUTES + "[$1]");
        int open = property.indexOf("routes[");
        int close = property.indexOf(']', Math.max(0, open));
        if (open < 0 || close < 0) {
            return property;
        }
        String id = property.substring(open + "routes[".length(), close);
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (!(source instanceof EnumerablePropertySource<?> listed)) {
                continue;
            }
            for (String name : listed.getPropertyNames()) {
                if (name.startsWith(property.substring(0, open) + "routes[")
                        && name.endsWith("].id")
                        && id.equals(String.valueOf(listed.getProperty(name)))) {
                    return name.substring(0, name.length() - ".id".length())
                            + property.substring(close + 1);
                }
            }
        }
        return property;
    }
}
