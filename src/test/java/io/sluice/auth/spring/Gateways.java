package io.sluice.auth.spring;

import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.PropertiesPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Starts the gateway in this process. */
final class Gateways {

    /** The auto-configurations of the application itself, and nothing scanned. */
    @EnableAutoConfiguration(
            exclude = {
                ReactiveWebSecurityAutoConfiguration.class,
                ReactiveManagementWebSecurityAutoConfiguration.class,
                ReactiveUserDetailsServiceAutoConfiguration.class
            })
    static final class Application {}

    private Gateways() {}

    static ConfigurableApplicationContext start(String yaml) {
        return new SpringApplicationBuilder(Application.class)
                .properties(
                        "spring.config.location=optional:classpath:/none/",
                        // The gRPC client that other tests bring is not the one this filter needs.
                        "spring.cloud.gateway.server.webflux.filter.json-to-grpc.enabled=false")
                .initializers(
                        context ->
                                context.getEnvironment()
                                        .getPropertySources()
                                        .addFirst(source(yaml)))
                .run();
    }

    private static PropertiesPropertySource source(String yaml) {
        YamlPropertiesFactoryBean reader = new YamlPropertiesFactoryBean();
        reader.setResources(new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
        Properties properties = reader.getObject();
        return new PropertiesPropertySource("test", properties);
    }
}
