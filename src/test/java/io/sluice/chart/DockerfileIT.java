package io.sluice.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** The Dockerfile's own steps on the packaged jar, done without a container. */
class DockerfileIT {
    private static final Pattern COPY_LAYER =
            Pattern.compile("COPY --from=builder /build/extracted/([a-z-]+)/ \\./");

    @TempDir Path build;

    @Test
    void builder_onThePackagedJar_leavesWhatTheRuntimeStageCopies() throws Exception {
        Files.copy(Path.of(System.getProperty("sluice.jar")), build.resolve("sluice.jar"));
        run(List.of(Dockerfile.only("RUN java").split(" ")));

        List<String> copied =
                Dockerfile.instructions().stream()
                        .map(COPY_LAYER::matcher)
                        .filter(Matcher::matches)
                        .map(layer -> layer.group(1))
                        .distinct()
                        .toList();
        try (Stream<Path> layers = Files.list(build.resolve("extracted"))) {
            assertThat(layers.map(layer -> layer.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(copied);
        }
        assertThat(missingFromClassPath(assemble(copied))).isEmpty();
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        List<String> here = new ArrayList<>(command);
        here.add(0, ProcessHandle.current().info().command().orElseThrow());
        Path log = build.resolve("log");
        Process process =
                new ProcessBuilder(here)
                        .directory(build.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        assertThat(ended).isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    }

    private Path assemble(List<String> layers) throws IOException {
        Path image = Files.createDirectory(build.resolve("image"));
        for (String layer : layers) {
            FileSystemUtils.copyRecursively(build.resolve("extracted").resolve(layer), image);
        }
        return image;
    }

    private static List<String> missingFromClassPath(Path image) throws IOException {
        try (JarFile jar = new JarFile(image.resolve("sluice.jar").toFile())) {
            String classPath = jar.getManifest().getMainAttributes().getValue("Class-Path");
            List<String> jars = List.of(classPath.split(" "));
            assertThat(jars).hasSizeGreaterThan(50);
            return jars.stream().filter(path -> !Files.exists(image.resolve(path))).toList();
        }
    }
}
