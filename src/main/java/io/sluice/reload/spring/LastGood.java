package io.sluice.reload.spring;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.EnumerablePropertySource;

/**
 * The last configuration that worked, on disk: one properties file with a document for each source
 * of the configuration, so that Spring Boot reads them in the same order again. Readable by this
 * user only, as it holds what the files hold.
 */
final class LastGood {

    static final String DIRECTORY = "sluice.reload.last-good-directory";

    private static final Logger LOG = LoggerFactory.getLogger(LastGood.class);
    private static final String FILE = "last-good.properties";

    private LastGood() {}

    static Path fileIn(Path directory) {
        return directory.resolve(FILE).toAbsolutePath();
    }

    /** Keeps these in place of what was kept; tells the log if it cannot. */
    static void keep(Path directory, List<EnumerablePropertySource<?>> winnerFirst) {
        try {
            Files.createDirectories(directory);
            Path fresh = Files.createTempFile(directory, FILE, ".tmp");
            if (Files.getFileStore(fresh).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
            }
            Files.write(fresh, text(winnerFirst).getBytes(StandardCharsets.ISO_8859_1));
            Files.move(
                    fresh,
                    fileIn(directory),
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException full) {
            LOG.warn("The configuration is not kept in {}: {}", directory, full.toString());
        }
    }

    /** Later documents win. */
    static String text(List<EnumerablePropertySource<?>> winnerFirst) throws IOException {
        StringBuilder text =
                new StringBuilder("# Written by Sluice; read when its configuration is broken.\n");
        for (int i = winnerFirst.size() - 1; i >= 0; i--) {
            Properties values = new Properties();
            ConfigurationReader.Read.values(winnerFirst.get(i))
                    .forEach(
                            (key, value) -> {
                                if (!key.startsWith("spring.config.")) {
                                    values.setProperty(key, value);
                                }
                            });
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            values.store(bytes, null);
            text.append("#---\n");
            bytes.toString(StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> text.append(line).append('\n'));
        }
        return text.toString();
    }

    /** Arguments that have the kept configuration read, and no other file. */
    static String[] arguments(String[] given, Path directory) {
        List<String> arguments = new ArrayList<>(Arrays.asList(given));
        arguments.removeIf(argument -> argument.startsWith("--spring.config."));
        arguments.add("--spring.config.location=file:" + fileIn(directory));
        arguments.add("--spring.config.additional-location=");
        arguments.add("--spring.config.import=");
        return arguments.toArray(String[]::new);
    }
}
