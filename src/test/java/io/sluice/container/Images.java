package io.sluice.container;

import io.sluice.it.Gateway;
import io.sluice.it.Tools;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.images.builder.ImageFromDockerfile;

/**
 * Images for tests, made of what this machine has: nothing is pulled. With {@code
 * -Dsluice.test.docker.base=NAME} the gateway's image is built on that base instead.
 */
final class Images {

    private static final String PATH =
            "ENV PATH=/opt/jre/bin:/opt/java/openjdk/bin:/usr/local/bin:/usr/bin:/bin";

    private Images() {}

    /** The repository's Dockerfile, its training run included. */
    static Future<String> gateway() throws Exception {
        String base = System.getProperty("sluice.test.docker.base");
        if (base == null) {
            base = runtime();
        }
        return new ImageFromDockerfile()
                .withFileFromPath("Dockerfile", Path.of("Dockerfile"))
                .withFileFromPath("image", Path.of("image"))
                .withFileFromPath("target/sluice-it.jar", Gateway.jar())
                .withBuildArg("RUNTIME_IMAGE", base);
    }

    /** A redis-server on an empty base. */
    static Future<String> redis() throws Exception {
        Tools.need("redis-server");
        Path root = rootfs("redis", "redis-server");
        return new ImageFromDockerfile()
                .withFileFromPath("root", root)
                .withDockerfileFromBuilder(
                        builder ->
                                builder.from("scratch")
                                        .copy("root", "/")
                                        .entryPoint(
                                                "/usr/bin/redis-server", "--protected-mode", "no")
                                        .build());
    }

    private static String runtime() throws Exception {
        Path root = rootfs("runtime", "java", "bash", "cat", "sleep", "seq", "dirname", "uname");
        return new ImageFromDockerfile("sluice-test/runtime", false)
                .withFileFromPath("root", root)
                .withFileFromString("Dockerfile", "FROM scratch\nCOPY root /\n" + PATH + "\n")
                .get();
    }

    private static Path rootfs(String name, String... programs)
            throws IOException, InterruptedException {
        Path root = Path.of("target", "container", name).toAbsolutePath();
        Files.createDirectories(root.getParent());
        File log = root.resolveSibling(name + ".log").toFile();
        ProcessBuilder command = new ProcessBuilder("image/rootfs", root.toString());
        command.command().addAll(List.of(programs));
        if (List.of(programs).contains("java")) {
            command.environment().put("JDK", jdk().toString());
        }
        Process process = command.redirectErrorStream(true).redirectOutput(log).start();
        if (!process.waitFor(3, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException("image/rootfs: " + Files.readString(log.toPath()));
        }
        return root;
    }

    /** A JDK 25 of this machine; skips the calling test where there is none. */
    private static Path jdk() throws IOException {
        String named = System.getenv("JDK");
        if (named != null) {
            return Path.of(named);
        }
        Path installed = Path.of("/usr/lib/jvm");
        Path found = null;
        if (Files.isDirectory(installed)) {
            try (DirectoryStream<Path> jdks = Files.newDirectoryStream(installed, "*25*")) {
                for (Path jdk : jdks) {
                    found = Files.isExecutable(jdk.resolve("bin/jlink")) ? jdk : found;
                }
            }
        }
        Assumptions.assumeTrue(found != null, "no JDK 25 in /usr/lib/jvm, and JDK names none");
        return found;
    }
}
