package io.sluice.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The Dockerfile as text; building an image needs a registry, which a test does not have. */
class DockerfileTest {
    @Test
    void stages_shareOneBaseThatCanBeReplaced() {
        assertThat(Dockerfile.instructions().get(0))
                .startsWith("ARG RUNTIME_IMAGE=")
                .contains(":25-jre");
        assertThat(Dockerfile.instructions().stream().filter(line -> line.startsWith("FROM ")))
                .containsExactly(
                        "FROM ${RUNTIME_IMAGE} AS builder", "FROM ${RUNTIME_IMAGE} AS runtime");
    }

    /** The chart's runAsUser and the image's user are one, and no name that cannot be checked. */
    @Test
    void user_isTheNumberOfTheChart() {
        Map<?, ?> context =
                (Map<?, ?>) Chart.parse(Chart.read("values.yaml")).get("podSecurityContext");
        assertThat(Dockerfile.only("USER"))
                .isEqualTo(context.get("runAsUser") + ":" + context.get("runAsGroup"));
    }

    @Test
    void ports_areThoseOfTheChart() {
        Map<?, ?> ports = (Map<?, ?>) Chart.parse(Chart.read("values.yaml")).get("ports");
        assertThat(Dockerfile.only("EXPOSE"))
                .isEqualTo(ports.get("http") + " " + ports.get("management"));
    }

    /** The Jib profile starts the JVM as the Dockerfile does, and as the same user. */
    @Test
    void jibProfile_saysTheSame() throws Exception {
        String pom = java.nio.file.Files.readString(java.nio.file.Path.of("pom.xml"));
        List<?> command = new JsonMapper().readValue(Dockerfile.only("ENTRYPOINT"), List.class);
        assertThat(command.subList(1, command.size() - 2))
                .isNotEmpty()
                .allSatisfy(flag -> assertThat(pom).contains("<jvmFlag>" + flag + "</jvmFlag>"));
        assertThat(pom).contains("<user>" + Dockerfile.only("USER") + "</user>");
    }

    @Test
    void entrypoint_isExecFormSoThatTheJvmGetsSigterm() {
        List<?> command = new JsonMapper().readValue(Dockerfile.only("ENTRYPOINT"), List.class);
        assertThat(command.get(0)).isEqualTo("java");
        assertThat(command.subList(command.size() - 2, command.size()))
                .isEqualTo(List.of("-jar", "sluice.jar"));
        assertThat(command.stream().map(String::valueOf))
                .contains("-XX:MaxRAMPercentage=75", "-XX:+ExitOnOutOfMemoryError")
                .noneMatch(argument -> argument.startsWith("-Xmx"));
    }
}
