package io.sluice.it;

import io.sluice.net.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/**
 * HAProxy before a few gateways, on two ports: one reads HTTP, one passes connections through as a
 * Kubernetes Service does. It asks {@code /readyz} four times a second and repeats no request.
 */
final class HaProxy implements AutoCloseable {

    private static final String CONFIGURATION =
            """
            global
                stats socket ipv4@127.0.0.1:%d level admin
            defaults
                retries 0
                timeout connect 5s
                timeout client 60s
                timeout server 60s
                timeout tunnel 60s
                timeout check 10s
                option httpchk GET /readyz
                http-check expect status 200
                default-server check inter 250ms fall 1 rise 1
            listen layer7
                mode http
                bind 127.0.0.1:%d
                balance roundrobin
            %s
            listen layer4
                mode tcp
                bind 127.0.0.1:%d
                balance roundrobin
            %1$s
            """;

    private final Process process;
    private final Path directory;
    private final int adminPort = Ports.free();
    private final int layer7Port = Ports.free();
    private final int layer4Port = Ports.free();

    /**
     * @param slots how many gateways there may be at a time; {@link #serve} fills them
     */
    HaProxy(Path program, int slots) {
        StringBuilder servers = new StringBuilder();
        for (int slot = 0; slot < slots; slot++) {
            servers.append("    server s").append(slot).append(" 127.0.0.1:1\n");
        }
        String configuration =
                CONFIGURATION
                        .replace("%1$s", servers)
                        .formatted(adminPort, layer7Port, servers, layer4Port);
        try {
            directory = Files.createTempDirectory("haproxy-");
            Path file = Files.writeString(directory.resolve("haproxy.cfg"), configuration);
            process =
                    new ProcessBuilder(program.toString(), "-db", "-f", file.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(directory.resolve("log").toFile())
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(this::listens);
    }

    private boolean listens() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException(Files.readString(directory.resolve("log")));
        }
        try (Socket socket = new Socket("127.0.0.1", adminPort)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    int layer7Port() {
        return layer7Port;
    }

    int layer4Port() {
        return layer4Port;
    }

    /** From now on this slot is the gateway on this port; returns when it is in use. */
    void serve(int slot, int port) {
        for (String backend : new String[] {"layer7", "layer4"}) {
            String server = backend + "/s" + slot;
            command("set server " + server + " addr 127.0.0.1 port " + port);
        }
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> up("s" + slot) == 2);
    }

    private long up(String server) {
        return command("show stat")
                .lines()
                .filter(line -> line.contains("," + server + ","))
                .filter(line -> line.contains(",UP,"))
                .count();
    }

    private String command(String text) {
        try (Socket socket = new Socket("127.0.0.1", adminPort)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((text + "\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
