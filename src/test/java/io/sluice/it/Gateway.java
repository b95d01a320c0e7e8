package io.sluice.it;

import io.sluice.net.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The packaged jar as a process of its own, on free ports, with a configuration file. */
public final class Gateway implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(180);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final Process process;
    private final Path log;
    private final int port;
    private final int managementPort;

    private Gateway(Process process, Path log, int port, int managementPort) {
        this.process = process;
        this.log = log;
        this.port = port;
        this.managementPort = managementPort;
    }

    /** Starts the jar with this configuration and waits until it is ready. */
    public static Gateway start(String yaml, String... arguments) {
        Gateway gateway = launch(yaml, Map.of(), arguments);
        gateway.awaitReady();
        return gateway;
    }

    /** Starts the jar and does not wait; for configurations that are to be refused. */
    public static Gateway launch(
            String yaml, Map<String, String> environment, String... arguments) {
        return launch(yaml, environment, null, "paranoid", arguments);
    }

    /** The same without a look at every buffer, which costs most of the time of a request. */
    static Gateway launchForLoad(String yaml, String... arguments) {
        return launch(yaml, Map.of(), null, "simple", arguments);
    }

    /** The same with its output going there, and an empty {@link #log()}. */
    static Gateway launchInto(Path output, String yaml, String... arguments) {
        return launch(yaml, Map.of(), output, "simple", arguments);
    }

    private static Gateway launch(
            String yaml,
            Map<String, String> environment,
            @Nullable Path output,
            String leakDetection,
            String... arguments) {
        try {
            Path directory = Files.createTempDirectory("sluice-it");
            Path config = Files.writeString(directory.resolve("application.yml"), yaml);
            Path log = Files.createFile(directory.resolve("gateway.log"));
            int port = freePort();
            int managementPort = freePort();
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add("-Xmx256m");
            // A gateway of a test lives for seconds: the second compiler would only take its time.
            command.add("-XX:TieredStopAtLevel=1");
            command.add("-Dio.netty.leakDetection.level=" + leakDetection);
            command.add("-jar");
            command.add(jar().toString());
            command.add("--spring.config.additional-location=file:" + config);
            command.add("--server.port=" + port);
            command.add("--management.server.port=" + managementPort);
            command.addAll(List.of(arguments));
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput((output == null ? log : output).toFile());
            builder.environment().putAll(environment);
            Gateway gateway = new Gateway(builder.start(), log, port, managementPort);
            Runtime.getRuntime().addShutdownHook(new Thread(gateway.process::destroyForcibly));
            return gateway;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Path jar() {
        String named = System.getProperty("sluice.jar");
        Path jar = Path.of(named == null ? "target/sluice-0.1.0-SNAPSHOT.jar" : named);
        if (!Files.exists(jar)) {
            throw new IllegalStateException(jar + " is missing: package the module first");
        }
        return jar.toAbsolutePath();
    }

    public static int freePort() {
        return Ports.free();
    }

    public Gateway awaitReady() {
        Awaitility.await()
                .atMost(START)
                .pollInterval(Duration.ofMillis(100))
                .until(
                        () -> {
                            if (!process.isAlive()) {
                                throw new IllegalStateException("the gateway ended:\n" + log());
                            }
                            return status(uri("/readyz")) == 200;
                        });
        return this;
    }

    /**
     * Where the traffic port speaks TLS: waits for the readiness that the management port tells.
     */
    static Gateway startWithTls(String yaml, Map<String, String> environment) {
        Gateway gateway = launch(yaml, environment);
        Awaitility.await()
                .atMost(START)
                .pollInterval(Duration.ofMillis(100))
                .until(
                        () ->
                                !gateway.alive()
                                        || status(
                                                        gateway.managementUri(
                                                                "/actuator/health/readiness"))
                                                == 200);
        if (!gateway.alive()) {
            throw new IllegalStateException("the gateway ended:\n" + gateway.log());
        }
        return gateway;
    }

    /** How many connections and requests were cut for this reason. */
    double cut(String reason) {
        String line = "sluice_connections_cut_total{reason=\"" + reason + "\"}";
        return manage("/actuator/prometheus")
                .body()
                .lines()
                .filter(row -> row.startsWith(line))
                .mapToDouble(row -> Double.parseDouble(row.substring(line.length())))
                .sum();
    }

    private static int status(URI uri) {
        try {
            return HTTP.send(
                            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(2)).build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    public int port() {
        return port;
    }

    public int managementPort() {
        return managementPort;
    }

    public URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + port + pathAndQuery);
    }

    public URI managementUri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + managementPort + pathAndQuery);
    }

    public HttpResponse<String> get(String pathAndQuery, String... headers) {
        return send(HttpRequest.newBuilder(uri(pathAndQuery)), headers);
    }

    public HttpResponse<String> manage(String pathAndQuery, String... headers) {
        return send(HttpRequest.newBuilder(managementUri(pathAndQuery)), headers);
    }

    public HttpResponse<String> send(HttpRequest.Builder request, String... headers) {
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(
                    request.timeout(Duration.ofSeconds(60)).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public HttpClient http() {
        return HTTP;
    }

    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    /** What of the heap is in use after a full collection. */
    public long liveHeapBytes() {
        return new JvmDiagnostics(pid()).liveHeapBytes();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** SIGTERM, as Kubernetes sends it. */
    public void terminate() {
        process.destroy();
    }

    public int awaitExit(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("still running after " + limit + ":\n" + log());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends it at once; throws if Netty has reported a buffer that nobody released. */
    @Override
    public void close() {
        process.destroyForcibly();
        if (log().contains("LEAK:")) {
            throw new AssertionError("a buffer was not released:\n" + log());
        }
    }

    /**
     * Has Netty look for buffers that nobody released: its detector reports what a collection has
     * found when the next buffers are made.
     */
    public void detectLeaks() {
        new JvmDiagnostics(process.pid()).collect();
        for (int i = 0; i < 3; i++) {
            get("/livez");
        }
    }
}
