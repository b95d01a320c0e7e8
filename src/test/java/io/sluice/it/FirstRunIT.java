package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.SampleApplication;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Issue part 6: what the first run prints can be pasted as it is. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FirstRunIT {

    private static Process process;
    private static Path log;

    @BeforeAll
    static void start() throws IOException {
        log = Files.createTempFile("sluice-first-run", ".log");
        process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                SampleApplication.class.getName(),
                                "--server.port=" + Gateway.freePort(),
                                "--management.server.port=" + Gateway.freePort())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> Files.readString(log).contains("/actuator/health/readiness"));
    }

    @AfterAll
    static void stop() {
        process.destroyForcibly();
    }

    private static List<String> commands(String beginning) throws IOException {
        return Files.readString(log).lines().filter(line -> line.startsWith(beginning)).toList();
    }

    private static String paste(String command) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed: skipped");
        Process shell = new ProcessBuilder("bash", "-c", command).redirectErrorStream(true).start();
        String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    @Test
    @Order(1)
    void firstCommand_pasted_is200WithTheInstancesName() throws Exception {
        assertThat(paste(commands("curl -i -H").get(0)))
                .contains("HTTP/1.1 200")
                .containsPattern("\"instance\":\"orders-(fast|middle|slow)\"");
    }

    @Test
    void secondCommand_pasted_is401() throws Exception {
        assertThat(paste(commands("curl -i http").get(0)))
                .contains("HTTP/1.1 401")
                .containsIgnoringCase("WWW-Authenticate: Bearer");
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void loop_pasted_runsInto429() throws Exception {
        assertThat(paste(commands("for i in").get(0))).contains("200").contains("429");
    }

    @Test
    void actuatorCommands_pasted_answer() throws Exception {
        List<String> commands = commands("curl -s http");
        assertThat(paste(commands.get(0))).contains("\"algorithm\":\"least-response-time\"");
        assertThat(paste(commands.get(1))).contains("sluice_");
        assertThat(paste(commands.get(2))).contains("UP");
    }
}
