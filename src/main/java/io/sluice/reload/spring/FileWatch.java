package io.sluice.reload.spring;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at files until told to stop, on a thread of its own. The file system's events only make it
 * look at once: network file systems send none, so it looks at fixed intervals as well. A change is
 * told of when the files have stayed as they are for the quiet period, so that a file that is being
 * written is not read half.
 */
final class FileWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

    private static final Duration LEAST = Duration.ofMillis(100);

    private final Supplier<WatchedFiles> files;
    private final Runnable changed;
    private final Duration interval;
    private final Duration quiet;
    private final @Nullable WatchService events;
    private final Set<Path> registered = new HashSet<>();
    private final Thread thread = new Thread(this::watch, "sluice-reload");
    private Set<String> seen;

    /**
     * @param files to be looked at; asked again after each change
     * @param changed run on the watching thread
     */
    FileWatch(Supplier<WatchedFiles> files, Runnable changed, Duration interval, Duration quiet) {
        this.files = files;
        this.changed = changed;
        this.interval = interval;
        this.quiet = quiet;
        this.events = events();
        this.seen = files.get().state();
        thread.setDaemon(true);
    }

    private static @Nullable WatchService events() {
        try {
            return FileSystems.getDefault().newWatchService();
        } catch (IOException | UnsupportedOperationException none) {
            LOG.info("Configuration files are looked at in intervals only: {}", none.getMessage());
            return null;
        }
    }

    void start() {
        thread.start();
    }

    private void watch() {
        register();
        try {
            while (!Thread.currentThread().isInterrupted()) {
                look();
                pause(interval);
            }
        } catch (InterruptedException | ClosedWatchServiceException ended) {
            LOG.debug("Configuration files are not watched any more");
        }
    }

    private void look() throws InterruptedException {
        Set<String> now = files.get().state();
        if (now.equals(seen)) {
            return;
        }
        Set<String> before;
        do {
            before = now;
            TimeUnit.NANOSECONDS.sleep(quiet.toNanos());
            now = files.get().state();
        } while (!now.equals(before));
        seen = now;
        try {
            changed.run();
        } catch (RuntimeException unforeseen) {
            LOG.error("The configuration was not reloaded", unforeseen);
        }
        register();
    }

    /**
     * Until the interval is over or something happens. What happens may be a log file beside that
     * is written all the time, so two looks are never closer than {@link #LEAST}.
     */
    private void pause(Duration most) throws InterruptedException {
        if (events == null) {
            TimeUnit.NANOSECONDS.sleep(most.toNanos());
            return;
        }
        long least = Math.min(most.toNanos(), LEAST.toNanos());
        TimeUnit.NANOSECONDS.sleep(least);
        WatchKey key = events.poll(most.toNanos() - least, TimeUnit.NANOSECONDS);
        if (key != null) {
            key.pollEvents();
            if (!key.reset()) {
                registered.clear();
                register();
            }
        }
    }

    private void register() {
        if (events == null) {
            return;
        }
        for (Path directory : files.get().directories()) {
            if (registered.add(directory)) {
                try {
                    directory.register(
                            events,
                            StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_MODIFY,
                            StandardWatchEventKinds.ENTRY_DELETE);
                } catch (IOException | UnsupportedOperationException none) {
                    LOG.debug("{} is looked at in intervals only", directory, none);
                }
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            if (events != null) {
                events.close();
            }
        } catch (IOException ignored) {
            LOG.debug("The watch did not close", ignored);
        }
    }
}
