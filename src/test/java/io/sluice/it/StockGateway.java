package io.sluice.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;

/** Spring Cloud Gateway as it is, without anything of Sluice, in this process. */
final class StockGateway implements AutoCloseable {

    private static final String IMPORTS =
            "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports";

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            exclude = {
                ReactiveWebSecurityAutoConfiguration.class,
                ReactiveManagementWebSecurityAutoConfiguration.class,
                ReactiveUserDetailsServiceAutoConfiguration.class
            })
    static class Application {}

    private final ConfigurableApplicationContext context;

    private StockGateway(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /**
     * @param location a route file, as {@code spring.config.location} names it
     */
    static StockGateway start(String location, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.add("--spring.config.location=" + location);
        all.add("--server.port=0");
        all.add("--logging.level.root=WARN");
        all.add("--management.server.port=-1");
        all.add("--spring.autoconfigure.exclude=" + String.join(",", ownConfigurations()));
        // gRPC is on the tests' class path in its shaded form, which this filter cannot use.
        all.add("--spring.cloud.gateway.server.webflux.filter.json-to-grpc.enabled=false");
        SpringApplication application = new SpringApplication(Application.class);
        application.addInitializers(StockGateway::withoutOurDefaults);
        return new StockGateway(application.run(all.toArray(String[]::new)));
    }

    int port() {
        return context.getEnvironment().getRequiredProperty("local.server.port", int.class);
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    private static void withoutOurDefaults(ConfigurableApplicationContext context) {
        MutablePropertySources sources = context.getEnvironment().getPropertySources();
        sources.stream()
                .map(PropertySource::getName)
                .filter(name -> name.equals(DefaultPropertiesPropertySource.NAME))
                .toList()
                .forEach(sources::remove);
    }

    /** Every line of our own imports file. */
    private static List<String> ownConfigurations() {
        List<String> names = new ArrayList<>();
        try {
            for (var files = StockGateway.class.getClassLoader().getResources(IMPORTS).asIterator();
                    files.hasNext(); ) {
                try (InputStream in = files.next().openStream();
                        Stream<String> lines =
                                new BufferedReader(
                                                new InputStreamReader(in, StandardCharsets.UTF_8))
                                        .lines()) {
                    lines.filter(line -> line.startsWith("io.sluice.")).forEach(names::add);
                }
            }
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
