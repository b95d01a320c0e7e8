package io.sluice.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/errors.md} against the problems that the code makes. */
class ErrorDocsTest {

    private static final Pattern MADE =
            Pattern.compile("Problem\\.of\\(\\s*\\d{3},\\s*\"([a-z0-9-]+)\"");

    @Test
    void page_tellsOfEveryProblemTheCodeMakes() throws IOException {
        String page = Files.readString(Path.of("docs/errors.md"));
        Set<String> made = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                Matcher problem = MADE.matcher(Files.readString(file));
                while (problem.find()) {
                    made.add(problem.group(1));
                }
            }
        }
        assertThat(made).hasSizeGreaterThan(15);
        assertThat(made).allSatisfy(code -> assertThat(page).contains(code));
    }
}
