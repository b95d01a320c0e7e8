package io.sluice.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;

/** An instance as a process of its own, so that it can be killed like one. */
public final class InstanceProcess implements AutoCloseable {

    private final String name;
    private final int port;
    private Process process;

    private InstanceProcess(String name, int port) {
        this.name = name;
        this.port = port;
    }

    static InstanceProcess start(String name) {
        InstanceProcess instance = new InstanceProcess(name, Gateway.freePort());
        instance.restart();
        return instance;
    }

    /** Starts it on its port and waits until that accepts connections. */
    void restart() {
        try {
            process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-XX:TieredStopAtLevel=1",
                                    "-Xmx64m",
                                    "-cp",
                                    System.getProperty(
                                            "surefire.test.class.path",
                                            System.getProperty("java.class.path")),
                                    InstanceProcess.class.getName(),
                                    name,
                                    Integer.toString(port))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(this::accepts);
    }

    private boolean accepts() {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    /** As {@code kill -9}. */
    void kill() {
        process.destroyForcibly();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !process.isAlive());
    }

    String uri() {
        return "http://127.0.0.1:" + port;
    }

    String id() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The process: answers every request with its name. */
    public static void main(String[] arguments) {
        byte[] body = arguments[0].getBytes(StandardCharsets.UTF_8);
        HttpServer.create()
                .host("127.0.0.1")
                .port(Integer.parseInt(arguments[1]))
                .handle(
                        (request, response) ->
                                response.header("X-Upstream", arguments[0])
                                        .sendByteArray(Mono.just(body)))
                .bindNow()
                .onDispose()
                .block();
    }
}
