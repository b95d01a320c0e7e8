package io.sluice.reload.spring;

import io.sluice.settings.SettingException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.autoconfigure.ssl.SslProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Takes changed settings of SSL bundles. A bundle whose files change is loaded again by Spring Boot
 * itself, where {@code reload-on-update} says so. For one thread.
 */
final class Certificates {

    private static final String PREFIX = "spring.ssl.bundle.";

    private final SslBundleRegistry registry;
    private final SslBundles bundles;
    private Map<String, Map<String, Object>> known;

    Certificates(
            SslBundleRegistry registry, SslBundles bundles, ConfigurableEnvironment environment) {
        this.registry = registry;
        this.bundles = bundles;
        this.known = settings(environment);
    }

    /**
     * Reads those that are new or say something else. New ones are there at once, as nobody uses
     * them yet and upstreams are checked against them; the others once the returned step is run.
     *
     * @throws SettingException for one that cannot be read
     */
    Runnable prepare(ConfigurableEnvironment environment) {
        Map<String, Map<String, Object>> next = settings(environment);
        SslProperties properties =
                Binder.get(environment).bindOrCreate("spring.ssl", SslProperties.class);
        Map<String, SslBundle> changed = new LinkedHashMap<>();
        properties
                .getBundle()
                .getPem()
                .forEach(
                        (name, one) ->
                                read(
                                        "pem",
                                        name,
                                        next,
                                        changed,
                                        n -> PropertiesSslBundle.get(one)));
        properties
                .getBundle()
                .getJks()
                .forEach(
                        (name, one) ->
                                read(
                                        "jks",
                                        name,
                                        next,
                                        changed,
                                        n -> PropertiesSslBundle.get(one)));
        changed.forEach(
                (name, bundle) -> {
                    if (!bundles.getBundleNames().contains(name)) {
                        registry.registerBundle(name, bundle);
                    }
                });
        return () -> {
            known = next;
            changed.forEach(registry::updateBundle);
        };
    }

    private void read(
            String kind,
            String name,
            Map<String, Map<String, Object>> next,
            Map<String, SslBundle> changed,
            Function<String, SslBundle> reader) {
        String key = kind + "." + name;
        if (next.get(key) == null || next.get(key).equals(known.get(key))) {
            return;
        }
        try {
            SslBundle bundle = reader.apply(name);
            bundle.getManagers().getTrustManagers();
            changed.put(name, bundle);
        } catch (RuntimeException broken) {
            throw new SettingException(
                    PREFIX + key,
                    name,
                    "certificates and keys that can be read: "
                            + NestedExceptionUtils.getMostSpecificCause(broken).getMessage());
        }
    }

    /** What is said of each bundle, by kind and name. */
    private static Map<String, Map<String, Object>> settings(ConfigurableEnvironment environment) {
        Map<String, Map<String, Object>> settings = new LinkedHashMap<>();
        for (String kind : new String[] {"pem", "jks"}) {
            Binder.get(environment)
                    .bind(PREFIX + kind, Bindable.mapOf(String.class, Object.class))
                    .ifBound(
                            all ->
                                    all.forEach(
                                            (name, said) ->
                                                    settings.put(
                                                            kind + "." + name,
                                                            said instanceof Map<?, ?> map
                                                                    ? copy(map)
                                                                    : Map.of())));
        }
        return settings;
    }

    private static Map<String, Object> copy(Map<?, ?> map) {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put(String.valueOf(key), String.valueOf(value)));
        return copy;
    }
}
