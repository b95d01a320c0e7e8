package io.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/benchmarks.md says beside what was measured. */
class BenchmarksPageTest {

    @Test
    @Timeout(60)
    void page_andCharts_areThoseOfTheResults() throws IOException, InterruptedException {
        assumeThat(onPath("python3")).as("python3 is installed").isTrue();

        Process check =
                new ProcessBuilder("python3", "bench/report", "--check")
                        .redirectErrorStream(true)
                        .start();
        String said =
                new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

        assertThat(check.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(check.exitValue()).as(said).isZero();
    }

    private static boolean onPath(String program) {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }
}
