package io.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@link LocalStoreLincheck} in a process of its own: Lincheck transforms every class that its
 * process has loaded, which takes minutes where a Spring context has been.
 */
class LocalStoreLincheckIT {

    @TempDir private Path directory;

    @Test
    void decisions_concurrent_areLinearizable() throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process process =
                new ProcessBuilder(command())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("in time").isTrue();
            assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private static List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-"))
                .forEach(command::add);
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-Xmx512m", "-cp", classPath, LocalStoreLincheck.class.getName()));
        return command;
    }
}
