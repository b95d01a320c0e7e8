package io.sluice.reload.spring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.env.ConfigTreePropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.io.FileSystemResource;

/**
 * The files that a configuration is read from, and where further ones may appear. Symbolic links
 * are followed, as Kubernetes changes a mounted ConfigMap by pointing one at another directory.
 */
final class WatchedFiles {

    private static final Pattern ANY = Pattern.compile(".*");
    private static final Pattern YAML = Pattern.compile(".*\\.ya?ml");
    private static final Pattern CONFIGURATION = Pattern.compile(".*\\.(ya?ml|properties)");
    private static final int DEPTH = 4;
    private static final int MOST = 1_000;
    private static final List<String> LOCATIONS =
            List.of(
                    "spring.config.location",
                    "spring.config.additional-location",
                    "spring.config.import");

    private final Set<Path> directories = new LinkedHashSet<>();
    private final Set<Path> trees = new LinkedHashSet<>();

    private WatchedFiles() {}

    static WatchedFiles of(ConfigurationReader.Read read) {
        WatchedFiles files = new WatchedFiles();
        for (EnumerablePropertySource<?> source : read.sources()) {
            if (source instanceof ConfigTreePropertySource tree) {
                files.trees.add(tree.getSource().toAbsolutePath());
            } else {
                files.addParent(fileOf(source));
            }
        }
        files.addLocations(read.environment());
        return files;
    }

    /** Those that arguments and environment name. */
    static WatchedFiles named(ConfigurableEnvironment locations) {
        return new WatchedFiles().with(locations);
    }

    /** These and the ones that the locations name. */
    WatchedFiles with(ConfigurableEnvironment locations) {
        WatchedFiles files = new WatchedFiles();
        files.directories.addAll(directories);
        files.trees.addAll(trees);
        files.addLocations(locations);
        return files;
    }

    private static @Nullable Path fileOf(EnumerablePropertySource<?> source) {
        String[] names = source.getPropertyNames();
        Origin origin = names.length == 0 ? null : OriginLookup.getOrigin(source, names[0]);
        if (origin instanceof TextResourceOrigin text
                && text.getResource() != null
                && text.getResource().isFile()) {
            try {
                return text.getResource().getFile().toPath().toAbsolutePath();
            } catch (IOException notThere) {
                return null;
            }
        }
        return null;
    }

    private void addParent(@Nullable Path file) {
        if (file != null && file.getParent() != null) {
            directories.add(file.getParent());
        }
    }

    private void addLocations(ConfigurableEnvironment environment) {
        if (environment.getProperty(LOCATIONS.get(0)) == null) {
            add("./");
            add("./config/");
        }
        for (String key : LOCATIONS) {
            String value = environment.getProperty(key, "");
            for (String location : value.split("[,;]")) {
                add(location.strip());
            }
            for (int i = 0; environment.getProperty(key + "[" + i + "]") != null; i++) {
                add(environment.getProperty(key + "[" + i + "]", ""));
            }
        }
    }

    private void add(String location) {
        String plain = location.startsWith("optional:") ? location.substring(9) : location;
        boolean tree = plain.startsWith("configtree:");
        String path = plain.replaceFirst("^(configtree|file):(//)?", "").replaceFirst("\\*.*$", "");
        if (path.isEmpty() || path.contains(":")) {
            return;
        }
        try {
            Path absolute = Path.of(path).toAbsolutePath().normalize();
            if (tree) {
                trees.add(absolute);
            } else if (path.endsWith("/")) {
                directories.add(absolute);
            } else {
                addParent(absolute);
            }
        } catch (InvalidPathException noPath) {
            // Spring Boot has told of it if it is one that it needs.
        }
    }

    /** Directories that exist, for whoever waits for the file system to tell of changes. */
    List<Path> directories() {
        return Stream.concat(directories.stream(), trees.stream())
                .filter(Files::isDirectory)
                .toList();
    }

    /** The files that should be YAML and are not; Spring Boot does not say which. */
    List<String> brokenYaml() {
        return directories.stream()
                .flatMap(directory -> below(directory, 1, YAML).stream())
                .filter(WatchedFiles::isBroken)
                .map(Path::toString)
                .toList();
    }

    private static boolean isBroken(Path file) {
        try {
            new YamlPropertySourceLoader().load("one", new FileSystemResource(file));
            return false;
        } catch (IOException | RuntimeException broken) {
            return true;
        }
    }

    /** Tells one state of all files from another: names, real places, sizes and times. */
    Set<String> state() {
        Set<String> state = new TreeSet<>();
        for (Path directory : directories) {
            below(directory, 1, CONFIGURATION).forEach(file -> state.add(stateOf(file)));
        }
        for (Path tree : trees) {
            below(tree, DEPTH, ANY).forEach(file -> state.add(stateOf(file)));
        }
        return state;
    }

    /** Whether a file of this name is looked at; names are asked before files are. */
    private static boolean is(Pattern name, Path file) {
        Path last = file.getFileName();
        return last != null && name.matcher(last.toString()).matches();
    }

    private static List<Path> below(Path directory, int depth, Pattern name) {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.find(directory, depth, (path, is) -> is(name, path))) {
            all.filter(Files::isRegularFile).limit(MOST).forEach(files::add);
        } catch (IOException | UncheckedIOException gone) {
            return files;
        }
        return files;
    }

    private static String stateOf(Path file) {
        try {
            Path real = file.toRealPath();
            BasicFileAttributes is = Files.readAttributes(real, BasicFileAttributes.class);
            return file
                    + " "
                    + real
                    + " "
                    + is.size()
                    + " "
                    + is.lastModifiedTime()
                    + " "
                    + is.fileKey();
        } catch (IOException gone) {
            return file + " is gone";
        }
    }
}
