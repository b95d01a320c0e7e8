package io.sluice.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The Dockerfile as text. {@code ContainerIT} builds it where Docker answers. */
class DockerfileTest {
    @Test
    void stages_shareOneBaseThatCanBeReplaced() {
        assertThat(Dockerfile.instructions().get(0))
                .startsWith("ARG RUNTIME_IMAGE=")
                .contains(":25-jre");
        assertThat(Dockerfile.instructions().stream().filter(line -> line.startsWith("FROM ")))
                .containsExactly(
                        "FROM ${RUNTIME_IMAGE} AS builder",
                        "FROM ${RUNTIME_IMAGE} AS trained",
                        "FROM ${RUNTIME_IMAGE} AS runtime");
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
        assertThat(jvmOptions().stream().filter(DockerfileTest::withoutCache))
                .isNotEmpty()
                .allSatisfy(flag -> assertThat(pom).contains("<jvmFlag>" + flag + "</jvmFlag>"));
        assertThat(pom).contains("<user>" + Dockerfile.only("USER") + "</user>");
    }

    /** A cache made with other options is refused by the JVM. */
    @Test
    void training_usesTheOptionsOfTheEntrypoint() {
        List<String> training = List.of(Dockerfile.only("RUN /build/train").split("\\s+"));
        assertThat(jvmOptions()).contains("-XX:AOTCache=" + training.get(0));
        assertThat(training.subList(2, training.size() - 2))
                .isEqualTo(jvmOptions().stream().filter(DockerfileTest::withoutCache).toList());
    }

    private static List<String> jvmOptions() {
        List<?> command = new JsonMapper().readValue(Dockerfile.only("ENTRYPOINT"), List.class);
        return command.subList(1, command.size() - 2).stream().map(String::valueOf).toList();
    }

    /** Jib runs no container, so it cannot train. */
    private static boolean withoutCache(String option) {
        return !option.startsWith("-XX:AOTCache=");
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
