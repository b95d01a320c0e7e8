package io.sluice.chart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The Dockerfile's instructions, continuation lines joined and comments left out. */
final class Dockerfile {
    private Dockerfile() {}

    static List<String> instructions() {
        try {
            return Files.readString(Path.of("Dockerfile"))
                    .replaceAll("(?m)^#.*\\R", "")
                    .replaceAll("\\\\\\R\\s*", "")
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What follows a keyword that must stand once. */
    static String only(String keyword) {
        List<String> found =
                instructions().stream().filter(line -> line.startsWith(keyword + " ")).toList();
        if (found.size() != 1) {
            throw new AssertionError(keyword + " stands " + found.size() + " times: " + found);
        }
        return found.get(0).substring(keyword.length() + 1);
    }
}
