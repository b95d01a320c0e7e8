package io.sluice.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A directory with an {@code application.yml} as kubelet mounts a ConfigMap: the file is a link
 * into {@code ..data}, itself a link that is replaced to point at a new directory.
 */
final class MountedConfig {

    private final Path directory;
    private int swaps;

    private MountedConfig(Path directory) {
        this.directory = directory;
    }

    static MountedConfig of(String yaml) {
        try {
            MountedConfig config = new MountedConfig(Files.createTempDirectory("sluice-mounted"));
            config.swap(yaml);
            Files.createSymbolicLink(
                    config.directory.resolve("application.yml"), Path.of("..data/application.yml"));
            return config;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The argument that has a gateway read it. */
    String argument() {
        return "--spring.config.additional-location=file:" + directory + "/";
    }

    Path file() {
        return directory.resolve("application.yml");
    }

    void swap(String yaml) {
        try {
            String name = "..version-" + swaps++;
            Path version = Files.createDirectory(directory.resolve(name));
            Files.writeString(version.resolve("application.yml"), yaml);
            Path link = directory.resolve("..data_tmp");
            Files.createSymbolicLink(link, Path.of(name));
            Files.move(
                    link,
                    directory.resolve("..data"),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
