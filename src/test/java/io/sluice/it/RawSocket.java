package io.sluice.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.awaitility.Awaitility;

/** Bytes over a socket, as a client sends them that keeps to no rule. */
final class RawSocket {

    /**
     * What came back.
     *
     * @param status 0 where the connection was closed without an answer, -1 where it stayed open
     *     and silent
     * @param text head and body
     */
    record Answer(int status, String text) {

        boolean refused() {
            return status >= 400 && status < 500;
        }
    }

    private static final int SILENCE_MILLIS = 20_000;

    private RawSocket() {}

    static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress("127.0.0.1", port), SILENCE_MILLIS);
        socket.setSoTimeout(SILENCE_MILLIS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /** Each character is one byte. */
    static void write(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** Sends these bytes on a fresh connection and reads one answer. */
    static Answer send(int port, String bytes) {
        try (Socket socket = connect(port)) {
            try {
                write(socket, bytes);
            } catch (SocketException refusedMidway) {
                // The answer, if there is one, is still to be read.
            }
            return read(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next answer on this connection. */
    static Answer read(Socket socket) throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                received.write(buffer, 0, n);
                if (whole(text(received))) {
                    break;
                }
            }
        } catch (SocketTimeoutException silent) {
            return new Answer(received.size() == 0 ? -1 : status(text(received)), text(received));
        } catch (SocketException reset) {
            // As good as an end.
        }
        return new Answer(received.size() == 0 ? 0 : status(text(received)), text(received));
    }

    /** Sends a byte now and then until the gateway has had enough. */
    static Answer trickle(Socket socket, char filler) throws IOException {
        try {
            for (int i = 0; i < 200; i++) {
                write(socket, String.valueOf(filler));
                Awaitility.await().pollDelay(Duration.ofMillis(300)).until(() -> true);
                if (socket.getInputStream().available() > 0) {
                    break;
                }
            }
        } catch (SocketException ended) {
            // What was answered before can still be read.
        }
        return read(socket);
    }

    /** Reads on until the other side ends; fails where it leaves the connection open and silent. */
    static void readToTheEnd(Socket socket) throws IOException {
        byte[] buffer = new byte[8192];
        try {
            while (socket.getInputStream().read(buffer) >= 0) {
                // Whatever it is.
            }
        } catch (SocketTimeoutException open) {
            throw open;
        } catch (SocketException reset) {
            // As good as an end.
        }
    }

    private static String text(ByteArrayOutputStream received) {
        return received.toString(StandardCharsets.ISO_8859_1);
    }

    private static int status(String text) {
        return text.matches("(?s)HTTP/[0-9]\\.[0-9] [1-5][0-9]{2}.*")
                ? Integer.parseInt(text.substring(9, 12))
                : 999;
    }

    /** Whether head and body are here, for a body whose length is given. */
    private static boolean whole(String text) {
        int head = text.indexOf("\r\n\r\n");
        String lower = text.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("\r\ncontent-length:");
        if (head < 0 || at < 0 || at > head) {
            return false;
        }
        int value = at + "\r\ncontent-length:".length();
        int length = Integer.parseInt(text.substring(value, text.indexOf("\r\n", value)).trim());
        return text.length() >= head + 4 + length;
    }

    /** Ends the connection as a process that dies: with a reset, or in order. */
    static void kill(Socket socket, boolean reset) throws IOException {
        if (reset) {
            socket.setSoLinger(true, 0);
        }
        socket.close();
    }
}
