package io.sluice.it;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * An HTTP/1.1 server by hand: it keeps the very bytes of each request, and answers with the very
 * bytes that it was told to, whatever they are.
 */
final class RecordingUpstream implements AutoCloseable {

    /** What follows after the bytes of an answer. */
    enum Then {
        KEEP,
        CLOSE,
        HANG,
        /** A moment later, when the answer has been taken, one more that nobody asked for. */
        SPEAK
    }

    /** What is said unasked; whoever gets it as an answer has got another's. */
    static final String UNASKED = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";

    /**
     * @param connection counts the connections from 1
     */
    record Received(int connection, String head, String body) {

        String line() {
            return head.substring(0, head.indexOf("\r\n"));
        }

        /** Every header line, the name in lower case. */
        List<String> headers() {
            return head.lines()
                    .skip(1)
                    .filter(line -> !line.isEmpty())
                    .map(
                            line -> {
                                int colon = line.indexOf(':');
                                return line.substring(0, colon).toLowerCase(Locale.ROOT)
                                        + line.substring(colon);
                            })
                    .toList();
        }

        List<String> values(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return headers().stream()
                    .filter(line -> line.startsWith(start))
                    .map(line -> line.substring(start.length()).strip())
                    .toList();
        }
    }

    private record Script(byte[] answer, Then then) {}

    private static final Script OK = script("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

    private final ServerSocket listener;
    private final Map<String, Script> scripts = new ConcurrentHashMap<>();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger cutShort = new AtomicInteger();

    RecordingUpstream() {
        try {
            listener = new ServerSocket(0, 1000, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    private static Script script(String answer) {
        return new Script(answer.getBytes(StandardCharsets.ISO_8859_1), Then.KEEP);
    }

    /** What to send for this path from now on; every character is one byte. */
    void answer(String path, String bytes, Then then) {
        scripts.put(path, new Script(bytes.getBytes(StandardCharsets.ISO_8859_1), then));
    }

    String uri() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    /** The requests so far whose head has come in. */
    List<Received> received() {
        return received;
    }

    /** Requests whose connection ended before their body did. */
    int cutShort() {
        return cutShort.get();
    }

    int connections() {
        return connections.get();
    }

    int openNow() {
        return open.size();
    }

    void forget() {
        received.clear();
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "recording-upstream");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                int number = connections.incrementAndGet();
                start(() -> serve(socket, number));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            boolean goesOn = true;
            while (goesOn) {
                String head = head(in);
                if (head.isEmpty()) {
                    return;
                }
                // Told before the body is here: a request that breaks off was received, too.
                int at = received.size();
                received.add(new Received(number, head, ""));
                String body = body(in, head);
                if (at < received.size() && received.get(at).head().equals(head)) {
                    received.set(at, new Received(number, head, body));
                }
                goesOn = reply(socket, head);
            }
        } catch (EOFException ended) {
            cutShort.incrementAndGet();
        } catch (IOException reset) {
            cutShort.incrementAndGet();
        } finally {
            open.remove(socket);
        }
    }

    private boolean reply(Socket socket, String head) throws IOException {
        String path = head.split(" ", 3)[1].split("\\?", 2)[0];
        Script script = scripts.getOrDefault(path, OK);
        byte[] answer = script.answer();
        if (script == OK && head.toLowerCase(Locale.ROOT).contains("\r\nupgrade: websocket")) {
            answer = handshake(head);
        }
        socket.getOutputStream().write(answer);
        socket.getOutputStream().flush();
        if (script.then() == Then.HANG) {
            // Until the other side has had enough.
            while (socket.getInputStream().read() >= 0) {}
        }
        if (script.then() == Then.SPEAK) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(150));
            socket.getOutputStream().write(UNASKED.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return true;
        }
        return script.then() == Then.KEEP;
    }

    static byte[] handshake(String head) {
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("\r\nsec-websocket-key:") + 20;
        String key = head.substring(at, head.indexOf("\r\n", at)).strip();
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-1")
                            .digest(
                                    (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                                            .getBytes(StandardCharsets.US_ASCII));
            return ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                            + "Connection: Upgrade\r\nSec-WebSocket-Accept: "
                            + Base64.getEncoder().encodeToString(hash)
                            + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Up to the empty line; empty at the end of the connection. */
    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                return "";
            }
            head.append((char) b);
        }
        return head.toString();
    }

    private static String body(InputStream in, String head) throws IOException {
        String lower = head.toLowerCase(Locale.ROOT);
        int length = lower.indexOf("\r\ncontent-length:");
        if (length >= 0) {
            int end = lower.indexOf("\r\n", length + 2);
            int wanted = Integer.parseInt(lower.substring(length + 17, end).strip());
            return text(exactly(in, wanted));
        }
        if (!lower.contains("\r\ntransfer-encoding: chunked")) {
            return "";
        }
        StringBuilder body = new StringBuilder();
        while (true) {
            String size = line(in);
            int count = Integer.parseInt(size, 16);
            if (count == 0) {
                String trailer = line(in);
                while (!trailer.isEmpty()) {
                    body.append("\ntrailer ").append(trailer);
                    trailer = line(in);
                }
                return body.toString();
            }
            body.append(text(exactly(in, count)));
            line(in);
        }
    }

    private static byte[] exactly(InputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException();
        }
        return bytes;
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException();
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return text(line.toByteArray());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
