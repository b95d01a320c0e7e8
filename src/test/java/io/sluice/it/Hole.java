package io.sluice.it;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads a request's head and closes the connection, every time. */
final class Hole implements AutoCloseable {

    private final ServerSocket server = new ServerSocket(0);
    private final AtomicInteger requests = new AtomicInteger();

    Hole() throws IOException {
        Thread thread = new Thread(this::serve, "hole");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.setSoTimeout(5_000);
                int matched = 0;
                while (matched < 4) {
                    int b = socket.getInputStream().read();
                    if (b < 0) {
                        break;
                    }
                    matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
                }
                if (matched == 4) {
                    requests.incrementAndGet();
                }
            } catch (SocketException closed) {
                // The next accept tells whether it was ours.
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    int requests() {
        return requests.get();
    }

    String uri() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
