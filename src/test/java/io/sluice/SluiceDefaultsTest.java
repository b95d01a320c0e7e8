package io.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class SluiceDefaultsTest {

    private final StandardEnvironment environment = new StandardEnvironment();

    private void apply() {
        new SluiceDefaults().postProcessEnvironment(environment, new SpringApplication());
    }

    @Test
    void postProcess_nothingElse_setsThePorts() {
        apply();

        assertThat(environment.getProperty("server.port")).isEqualTo("8080");
        assertThat(environment.getProperty("management.server.port")).isEqualTo("8081");
        assertThat(environment.getProperty("server.forward-headers-strategy")).isEqualTo("none");
    }

    @Test
    void postProcess_anyOtherSource_wins() {
        environment
                .getPropertySources()
                .addLast(new MapPropertySource("file", Map.of("server.port", "9000")));
        apply();

        assertThat(environment.getProperty("server.port")).isEqualTo("9000");
    }

    @Test
    void postProcess_applicationsDefaultProperties_win() {
        environment
                .getPropertySources()
                .addLast(new DefaultPropertiesPropertySource(Map.of("server.port", "0")));
        apply();

        assertThat(environment.getProperty("server.port")).isEqualTo("0");
        assertThat(environment.getProperty("management.server.port")).isEqualTo("8081");
    }
}
