package io.sluice.chart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.autoconfigure.ssl.SslProperties;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.yaml.snakeyaml.Yaml;

/** A rendered {@code application.yml}, read as Spring Boot reads it. */
final class ApplicationConfig {
    private final Binder binder;

    ApplicationConfig(Map<String, Object> content) {
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new ByteArrayResource(new Yaml().dump(content).getBytes()));
        Map<String, Object> flat = new java.util.LinkedHashMap<>();
        yaml.getObject().forEach((key, value) -> flat.put((String) key, value));
        List<PropertySource<?>> sources = new ArrayList<>();
        sources.add(new MapPropertySource("application.yml", flat));
        binder =
                new Binder(
                        ConfigurationPropertySources.from(sources),
                        new PropertySourcesPlaceholdersResolver(sources));
    }

    Duration duration(String property) {
        return binder.bind(property, Duration.class).get();
    }

    int number(String property) {
        return binder.bind(property, Integer.class).get();
    }

    String text(String property) {
        return binder.bind(property, String.class).get();
    }

    /** Fails on a property that Spring Boot does not know, in the parts that the chart writes. */
    void bindStrictly() {
        bindStrictly("spring.lifecycle", LifecycleProperties.class);
        bindStrictly("spring.ssl", SslProperties.class);
        bindStrictly("spring.data.redis", DataRedisProperties.class);
    }

    private void bindStrictly(String prefix, Class<?> type) {
        binder.bind(
                prefix, Bindable.of(type), new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
    }
}
