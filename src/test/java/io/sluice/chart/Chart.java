package io.sluice.chart;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.util.FileSystemUtils;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The chart in {@code helm/sluice}, rendered by Helm itself. The templates use no {@code lookup}
 * ({@link ChartTest} holds that), so that no cluster is ever asked.
 */
final class Chart {
    static final Path DIRECTORY = Path.of("helm", "sluice").toAbsolutePath();
    static final Path SCENARIOS = DIRECTORY.resolve("ci");

    /** {@code helm template} leaves hooks out; in this copy they are plain manifests. */
    private static final Path WITH_HOOKS = copyWithHooks();

    private static final Map<Path, Manifests> RENDERED = new ConcurrentHashMap<>();

    private Chart() {}

    private static Path copyWithHooks() {
        Path copy = Path.of("target", "chart-with-hooks").toAbsolutePath();
        deleteIfThere(copy);
        for (Path file : files(DIRECTORY)) {
            Path target = copy.resolve(DIRECTORY.relativize(file));
            try {
                Files.createDirectories(target.getParent());
                Files.writeString(
                        target, Files.readString(file).replace("helm.sh/hook", "was-helm.sh/hook"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return copy;
    }

    private static void deleteIfThere(Path directory) {
        try {
            FileSystemUtils.deleteRecursively(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Helm helm() {
        return new Helm(DIRECTORY);
    }

    /** The manifests of a file in {@code ci}, rendered once for all tests. */
    static Manifests scenario(String name) {
        return RENDERED.computeIfAbsent(SCENARIOS.resolve(name + "-values.yaml"), Chart::render);
    }

    /** The manifests of a file in {@code ci} as Helm writes them. */
    static String scenarioText(String name) {
        return text(SCENARIOS.resolve(name + "-values.yaml"));
    }

    private static String text(Path values) {
        return new Helm(WITH_HOOKS)
                .template()
                .withName("rel")
                .withNamespace("edge")
                .withKubeVersion("1.34.0")
                .withValuesFile(values)
                .call();
    }

    /** The manifests of one file of values, in Helm's order. */
    private static Manifests render(Path values) {
        String text = text(values);
        List<Manifest> manifests = new ArrayList<>();
        for (Object document : yaml().loadAll(text)) {
            if (document != null) {
                manifests.add(Manifest.of(document));
            }
        }
        return new Manifests(List.copyOf(manifests));
    }

    /** The manifests of values given as text. */
    static Manifests renderText(String values) {
        try {
            Path file = Files.createTempFile("sluice", "-values.yaml");
            try {
                Files.writeString(file, values);
                return render(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(String file) {
        try {
            return Files.readString(DIRECTORY.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> files(Path directory) {
        try (var files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A reader that refuses a key that stands twice. */
    static Yaml yaml() {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new Yaml(new SafeConstructor(options));
    }

    static Map<String, Object> parse(String text) {
        return yaml().load(text);
    }
}
