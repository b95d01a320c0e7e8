package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The conformance suite h2spec against the traffic port; docs/security.md explains the rest. */
class H2SpecIT {

    private static final int LEAST_PASSED = 140;
    private static final String ARCHIVE = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";
    private static final Pattern SUMMARY =
            Pattern.compile("(\\d+) tests, (\\d+) passed, (\\d+) skipped, (\\d+) failed");

    @TempDir private Path directory;

    @Test
    @Timeout(value = 240, unit = TimeUnit.SECONDS)
    void h2spec_passesAllButTheKnown() throws Exception {
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "the binary is one of Linux on amd64");
        Path h2spec = unpacked();
        try (RecordingUpstream upstream = new RecordingUpstream();
                Gateway gateway =
                        Gateway.start(
                                """
                                server.http2.enabled: true
                                spring.cloud.gateway.server.webflux.routes:
                                  - { id: all, uri: "%s", predicates: [ "Path=/**" ] }
                                """
                                        .formatted(upstream.uri()))) {
            String report = run(h2spec, gateway.port());
            Matcher summary = SUMMARY.matcher(report);
            assertThat(summary.find()).as(report).isTrue();
            System.out.println("h2spec: " + summary.group());
            assertThat(Integer.parseInt(summary.group(1))).isGreaterThanOrEqualTo(140);
            assertThat(Integer.parseInt(summary.group(2)))
                    .as(report)
                    .isGreaterThanOrEqualTo(LEAST_PASSED);
            assertThat(gateway.log()).doesNotContain("LEAK:");
        }
    }

    private String run(Path h2spec, int port) throws IOException, InterruptedException {
        Path report = directory.resolve("report.txt");
        Process process =
                new ProcessBuilder(
                                h2spec.toString(),
                                "-h",
                                "127.0.0.1",
                                "-p",
                                Integer.toString(port),
                                "-o",
                                "3")
                        .redirectErrorStream(true)
                        .redirectOutput(report.toFile())
                        .start();
        if (!process.waitFor(180, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return Files.readString(report);
    }

    private Path unpacked() throws IOException, InterruptedException {
        Path archive = directory.resolve("h2spec.tar.gz");
        try (InputStream in = H2SpecIT.class.getResourceAsStream(ARCHIVE)) {
            Files.copy(in, archive);
        }
        int exit =
                new ProcessBuilder("tar", "xzf", archive.toString(), "-C", directory.toString())
                        .inheritIO()
                        .start()
                        .waitFor();
        assertThat(exit).isZero();
        return directory.resolve("h2spec");
    }
}
