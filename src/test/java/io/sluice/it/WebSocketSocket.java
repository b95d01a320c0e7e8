package io.sluice.it;

import io.sluice.it.WebSocketFrames.Frame;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One WebSocket by hand (RFC 6455): it tells a clean close from a connection that just ends. */
public final class WebSocketSocket implements AutoCloseable {

    private final Socket socket;
    private final DataInputStream in;

    /** Opens it; throws where the handshake is refused. */
    public WebSocketSocket(int port, String path) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        String request =
                "GET %s HTTP/1.1\r\nHost: sluice.test\r\nUpgrade: websocket\r\n"
                        + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        socket.getOutputStream().write(request.formatted(path).getBytes(StandardCharsets.US_ASCII));
        String head = head();
        if (!head.startsWith("HTTP/1.1 101 ")) {
            throw new IOException("no WebSocket: " + head);
        }
    }

    private String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString();
    }

    public void send(String text) throws IOException {
        frame(WebSocketFrames.LAST | WebSocketFrames.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    private void frame(int head, byte[] payload) throws IOException {
        write(WebSocketFrames.ofClient(head, payload));
    }

    /** Sends any bytes, frames or not. */
    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    Frame read() throws IOException {
        return WebSocketFrames.read(in);
    }

    /**
     * What comes next: a text, or after the server's close frame its status as {@code close:1001}.
     * The close is answered, and the connection must then end in order.
     *
     * @throws IOException where it ends without a close frame, or with a reset
     */
    public String next() throws IOException {
        Frame frame = read();
        if (frame.kind() != WebSocketFrames.CLOSE) {
            return frame.text();
        }
        frame(WebSocketFrames.LAST | WebSocketFrames.CLOSE, frame.payload());
        try {
            in.readUnsignedByte();
            throw new IOException("more than the close frame");
        } catch (EOFException end) {
            return "close:" + frame.closeStatus();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
