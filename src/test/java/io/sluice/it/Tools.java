package io.sluice.it;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Programs beside the JDK that a fuller test uses. Where one is missing the test is skipped and
 * says so; {@code .ci/run} installs them all and asks with {@code -Dsluice.test.tools=required}
 * that none is skipped.
 */
public final class Tools {

    private Tools() {}

    /** The program's path; skips the calling test where it is not installed. */
    public static Path need(String program) {
        Path found = find(program);
        if (found == null && "required".equals(System.getProperty("sluice.test.tools"))) {
            throw new AssertionError(program + " is not installed (expected: it is, see .ci/run)");
        }
        Assumptions.assumeTrue(found != null, program + " is not installed: not tested here");
        return found;
    }

    private static Path find(String program) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/bin";
        return Stream.of(path.split(File.pathSeparator))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }
}
