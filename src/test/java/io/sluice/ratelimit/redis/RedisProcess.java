package io.sluice.ratelimit.redis;

import io.sluice.net.Ports;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.springframework.util.FileSystemUtils;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis as a process of its own, that a test can freeze, kill and start again. Prefers the
 * system's redis-server to the one that embedded-redis brings.
 */
public final class RedisProcess implements AutoCloseable {

    private static final File INSTALLED = new File("/usr/bin/redis-server");
    private static final long DEADLINE_SECONDS = 20;

    /** A node of a Cluster has a second port, so much above its first. */
    private static final int BUS = 10_000;

    private final int port;
    private final Path directory;
    private final List<String> arguments;
    private Process process;

    private RedisProcess(int port, Path directory, List<String> arguments) {
        this.port = port;
        this.directory = directory;
        this.arguments = arguments;
    }

    /** A running server on a free port, without persistence. */
    public static RedisProcess start(String... options) {
        boolean cluster = List.of(options).contains("--cluster-enabled");
        int port = cluster ? Ports.free(BUS) : Ports.free();
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("--port", "" + port, "--save", "", "--appendonly", "no"));
        arguments.addAll(List.of("--bind", "127.0.0.1"));
        arguments.addAll(List.of(options));
        return started(new RedisProcess(port, directory(), arguments));
    }

    /**
     * A running Sentinel on a free port.
     *
     * @param settings lines of its configuration, which it writes to
     */
    public static RedisProcess sentinel(String... settings) {
        int port = Ports.free();
        Path directory = directory();
        List<String> lines = new ArrayList<>();
        lines.addAll(List.of("port " + port, "bind 127.0.0.1"));
        lines.addAll(List.of(settings));
        try {
            Path file = Files.write(directory.resolve("sentinel.conf"), lines);
            return started(
                    new RedisProcess(port, directory, List.of(file.toString(), "--sentinel")));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static RedisProcess started(RedisProcess redis) {
        redis.restart();
        return redis;
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory("redis-");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    /** Starts the server on its port, empty. */
    public void restart() {
        try {
            List<String> command = new ArrayList<>();
            command.add(executable().getAbsolutePath());
            command.addAll(arguments);
            process =
                    new ProcessBuilder(command)
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            await(this::accepts);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Stops it in the middle of whatever it does, as a stalled machine would. */
    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    /** As {@code kill -9}. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
        FileSystemUtils.deleteRecursively(directory.toFile());
    }

    /** Polls until the condition holds; fails after a deadline. */
    public static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + DEADLINE_SECONDS + " s");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private boolean accepts() {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(1000);
            socket.getOutputStream().write("PING\r\n".getBytes());
            return socket.getInputStream().read() == '+';
        } catch (IOException notYet) {
            return false;
        }
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("kill -" + name + " failed");
            }
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static File executable() throws IOException {
        return INSTALLED.canExecute()
                ? INSTALLED
                : ExecutableProvider.newJarResourceProvider().get();
    }
}
