package io.sluice.it;

import io.sluice.it.WebSocketFrames.Frame;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A WebSocket server by hand: echoes texts, keeps each frame, or says what it was told to. */
final class WebSocketUpstream implements AutoCloseable {

    private final ServerSocket listener;
    private final Map<String, byte[]> scripts = new ConcurrentHashMap<>();
    private final List<Frame> received = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();

    WebSocketUpstream() {
        try {
            listener = new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    String uri() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    /** What is sent on this path right behind the handshake, in place of echoes. */
    void say(String path, byte[] bytes) {
        scripts.put(path, bytes);
    }

    List<Frame> received() {
        return received;
    }

    /** Connections that are open now. */
    int open() {
        return open.get();
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "websocket-upstream");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.incrementAndGet();
                daemon(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in =
                    new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.readUnsignedByte());
            }
            socket.getOutputStream().write(RecordingUpstream.handshake(head.toString()));
            byte[] script = scripts.get(head.toString().split(" ", 3)[1]);
            if (script != null) {
                socket.getOutputStream().write(script);
            }
            Frame frame = WebSocketFrames.read(in);
            while (frame.kind() != WebSocketFrames.CLOSE) {
                received.add(frame);
                if (frame.kind() == WebSocketFrames.TEXT) {
                    byte[] echo = frame.text().getBytes(StandardCharsets.UTF_8);
                    socket.getOutputStream().write(WebSocketFrames.ofServer(frame.head(), echo));
                }
                frame = WebSocketFrames.read(in);
            }
        } catch (IOException ended) {
            // As the tests mean it to.
        } finally {
            open.decrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
