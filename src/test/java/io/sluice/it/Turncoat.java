package io.sluice.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps its connections for GET, and on a POST reads the head and cuts the connection. */
final class Turncoat implements AutoCloseable {

    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes();

    private final ServerSocket server = new ServerSocket(0);
    private final AtomicInteger posts = new AtomicInteger();

    Turncoat() throws IOException {
        daemon("turncoat", this::accept);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                daemon("turncoat-connection", () -> serve(socket));
            } catch (SocketException closed) {
                // The loop's condition tells whether it was ours.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            for (String head = head(socket); !head.isEmpty(); head = head(socket)) {
                if (head.startsWith("POST")) {
                    posts.incrementAndGet();
                    socket.setSoLinger(true, 0);
                    return;
                }
                socket.getOutputStream().write(ANSWER);
            }
        } catch (IOException gone) {
            // The gateway has closed it: nothing is left to serve.
        }
    }

    private static String head(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                return "";
            }
            head.append((char) b);
        }
        return head.toString();
    }

    int posts() {
        return posts.get();
    }

    String uri() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
