package io.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/security-catalogue.md}: every row names tests, and every test that is named exists.
 */
class SecurityCatalogueTest {

    private static final Pattern ROW = Pattern.compile("^\\| ([A-K]\\d+) \\| .+ \\| ([^|]+) \\|$");
    private static final Pattern TEST = Pattern.compile("`(\\w+)(?:\\.(\\w+))?`");

    @Test
    void rows_allNameTestsThatExist() throws IOException {
        Map<String, String> sources = sources();
        List<String> rows = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("docs/security-catalogue.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                rows.add(row.group(1));
                assertTests(row.group(1), row.group(2), sources);
            }
        }
        assertThat(rows).hasSizeGreaterThan(120).doesNotHaveDuplicates();
    }

    private static void assertTests(String row, String cell, Map<String, String> sources) {
        Matcher test = TEST.matcher(cell);
        int count = 0;
        while (test.find()) {
            String source = sources.get(test.group(1));
            assertThat(source).as("%s: %s", row, test.group(1)).isNotNull();
            if (test.group(2) != null) {
                assertThat(source)
                        .as("%s: %s", row, test.group())
                        .contains("void " + test.group(2) + "(");
            }
            count++;
        }
        assertThat(count).as("tests of %s", row).isPositive();
        assertThat(test.replaceAll("").replaceAll("[, ]", "")).as("%s: %s", row, cell).isEmpty();
    }

    /** The tests of this project by the names of their classes. */
    private static Map<String, String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            return files.filter(file -> file.toString().matches(".*(Test|IT)\\.java"))
                    .collect(
                            Collectors.toMap(
                                    file -> file.getFileName().toString().replace(".java", ""),
                                    SecurityCatalogueTest::read));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
