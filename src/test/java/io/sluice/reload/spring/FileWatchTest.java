package io.sluice.reload.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class FileWatchTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir private Path directory;

    private WatchedFiles files() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(
                        new MapPropertySource(
                                "locations", Map.of("spring.config.location", directory + "/")));
        return WatchedFiles.of(new ConfigurationReader.Read(environment, List.of()));
    }

    @Test
    void watch_logWrittenBesideTheConfiguration_looksNowAndThenAndSeesAChange() throws IOException {
        Path config = Files.writeString(directory.resolve("application.yml"), "a: 1");
        Path log = Files.createFile(directory.resolve("gateway.log"));
        WatchedFiles files = files();
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger changes = new AtomicInteger();
        long began = System.nanoTime();
        try (FileWatch watch =
                new FileWatch(
                        () -> {
                            asked.incrementAndGet();
                            return files;
                        },
                        changes::incrementAndGet,
                        Duration.ofSeconds(10),
                        Duration.ofMillis(1))) {
            watch.start();
            for (int i = 0; i < 20_000; i++) {
                Files.writeString(log, "line\n", StandardOpenOption.APPEND);
            }
            long tenths = Duration.ofNanos(System.nanoTime() - began).toMillis() / 100;
            // One look asks once, a change some times more.
            assertThat(asked.get()).isLessThan((int) tenths + 10);

            Files.writeString(config, "a: 22");
            Awaitility.await().atMost(LIMIT).until(() -> changes.get() > 0);
        }
    }
}
