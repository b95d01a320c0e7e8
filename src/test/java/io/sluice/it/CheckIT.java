package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.Jar.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code check} on files of one defect each, and on the examples of the documentation. */
@Together
class CheckIT {

    private static final Path BAD = Path.of("src/test/resources/check");
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    private static final Set<String> ERRORS =
            Set.of("refused", "undeclared-upstream", "unknown-policy");

    /** What an example need not have. */
    private static final String LEFT_OUT_OF_EXAMPLES =
            "no-authentication,no-rate-limit,unused-upstream,unused-policy";

    /** What examples that show one thing leave to the others; an example's own words win. */
    private static final String AROUND =
            """
            sluice:
              auth.issuers: [ { issuer: me, secret: command-line-command-line-secret } ]
              upstreams.orders.instances: [ { uri: "http://127.0.0.1:9" } ]
              rate-limits:
                per-user: { key: user, capacity: 100, refill-tokens: 1, refill-period: 1s }
                per-ip: { key: ip, capacity: 100, refill-tokens: 1, refill-period: 1s }
            spring.ssl.bundle.pem.server.keystore:
              certificate: %1$s
              private-key: %1$s
            ---
            """;

    /** In the first line of each file: {@code # expect: CODE KEY}. */
    private record Defect(Path file, String code, String key) {

        static Defect of(Path file) throws IOException {
            String[] words = Files.readAllLines(file).get(0).split(" ", 4);
            return new Defect(file, words[2], words[3]);
        }

        boolean isToldBy(String line) {
            String kind = ERRORS.contains(code) ? "error " : "warning ";
            return line.startsWith(file.toString())
                    && line.contains(": " + kind + code + ": ")
                    && line.contains(key);
        }
    }

    private static List<Defect> defects() throws IOException {
        List<Defect> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(BAD)) {
            for (Path file : files.sorted().toList()) {
                all.add(Defect.of(file));
            }
        }
        return all;
    }

    @Test
    void check_thirtyFilesWithADefectEach_namesEachOfThem(@TempDir Path directory)
            throws Exception {
        List<Defect> defects = defects();
        assertThat(defects).hasSizeGreaterThanOrEqualTo(30);
        List<String> arguments = new ArrayList<>(List.of("check", "--each"));
        defects.forEach(defect -> arguments.add(defect.file().toString()));

        Run run = Jar.run(directory, arguments);

        List<String> lines = run.out().lines().toList();
        assertThat(defects)
                .as(run.out())
                .allMatch(defect -> lines.stream().anyMatch(defect::isToldBy));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines()).hasSameSizeAs(defects);
    }

    @Test
    void check_examplesOfTheDocumentation_areClean(@TempDir Path directory) throws Exception {
        List<String> arguments =
                new ArrayList<>(
                        List.of("check", "--each", "--strict", "--ignore", LEFT_OUT_OF_EXAMPLES));
        arguments.addAll(examples(directory));
        assertThat(arguments).hasSizeGreaterThan(10);

        Run run = Jar.run(directory, arguments);

        assertThat(run.out()).isEmpty();
        assertThat(run.code()).isZero();
    }

    /** The blocks of the documentation that have routes, each in a file. */
    private static List<String> examples(Path directory) throws IOException {
        Path keys = Pki.write(directory, "server.pem", Pki.authority("server"));
        String around = AROUND.formatted(keys.toUri());
        List<String> files = new ArrayList<>();
        for (Path page : pages()) {
            Matcher block = YAML.matcher(Files.readString(page));
            for (int i = 1; block.find(); i++) {
                if (block.group(1).contains("routes:") && block.group(1).contains("uri:")) {
                    String name = page.getFileName().toString().replace(".md", "-" + i + ".yml");
                    files.add(
                            Files.writeString(directory.resolve(name), around + block.group(1))
                                    .toString());
                }
            }
        }
        return files;
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(Path.of("README.md")));
        try (Stream<Path> docs = Files.list(Path.of("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }
}
