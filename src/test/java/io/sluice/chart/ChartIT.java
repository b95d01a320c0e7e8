package io.sluice.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.Together;
import io.sluice.net.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The packaged gateway starts on the application.yml that the chart renders, and its probes pass.
 */
@Together
class ChartIT {
    private static final Duration START = Duration.ofSeconds(120);

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"default", "routes"})
    void gateway_onTheRenderedConfig_passesItsProbesAndStopsWithinTheGracePeriod(String scenario)
            throws Exception {
        Manifests manifests = Chart.scenario(scenario);
        Path config = Files.createDirectory(directory.resolve("etc"));
        Files.writeString(config.resolve("application.yml"), manifests.applicationText());
        int traffic = Ports.free();
        int management = Ports.free();
        Path log = directory.resolve("log");
        Process gateway = start(config, traffic, management, log);
        try {
            Manifest container = new Manifest("", "", manifests.container());
            for (String probe : List.of("readinessProbe", "livenessProbe", "startupProbe")) {
                String path = container.text(probe, "httpGet", "path");
                assertThat(statusWithin(START, gateway, traffic, path))
                        .as(() -> endOf(log))
                        .isEqualTo(200);
            }
            gateway.destroy();
            int grace =
                    manifests
                            .the("Deployment")
                            .number("spec", "template", "spec", "terminationGracePeriodSeconds");
            assertThat(gateway.waitFor(grace, TimeUnit.SECONDS)).as(() -> endOf(log)).isTrue();
            assertThat(gateway.exitValue()).isIn(0, 143);
        } finally {
            gateway.destroyForcibly();
        }
    }

    /** Only the ports differ from the pod's environment: 8080 may be taken on this machine. */
    private Process start(Path config, int traffic, int management, Path log) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                                List.of(
                                        ProcessHandle.current().info().command().orElseThrow(),
                                        "-jar",
                                        System.getProperty("sluice.jar")))
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        Map<String, String> environment = builder.environment();
        environment.put("SPRING_CONFIG_ADDITIONAL_LOCATION", "file:" + config + "/");
        environment.put("SERVER_PORT", String.valueOf(traffic));
        environment.put("MANAGEMENT_SERVER_PORT", String.valueOf(management));
        environment.put("PARTNER_SECRET", "a-secret-of-more-than-thirty-two-bytes");
        return builder.start();
    }

    private static int statusWithin(Duration limit, Process gateway, int port, String path)
            throws InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(5))
                        .build();
        long start = System.nanoTime();
        int status = 0;
        while (status != 200 && gateway.isAlive() && System.nanoTime() - start < limit.toNanos()) {
            try {
                status = client.send(request, BodyHandlers.discarding()).statusCode();
            } catch (IOException notYet) {
                status = 0;
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
        return status;
    }

    private static String endOf(Path log) {
        try {
            String text = Files.readString(log);
            return text.substring(Math.max(0, text.length() - 4000));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
