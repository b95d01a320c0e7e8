package io.sluice.it;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * One connection of HTTP/2, by prior knowledge, its frames written and read by hand (RFC 9113): it
 * shows GOAWAY and every stream's end, which HTTP clients hide. For one thread.
 */
public final class Http2Socket implements AutoCloseable {

    /** Highest stream identifier there is: a GOAWAY that names it still allows every stream. */
    public static final int EVERY_STREAM = Integer.MAX_VALUE;

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int ACK = 1;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    /** Statuses of HPACK's static table, from its entry 8 on (RFC 7541 appendix A). */
    private static final int[] STATUSES = {200, 204, 206, 304, 400, 404, 500};

    /** {@code :status 200} in HPACK's static table. */
    private static final int STATUS_200 = 0x88;

    private final Socket socket;
    private final DataInputStream in;
    private final Set<Integer> ok = new HashSet<>();
    private final Set<Integer> ended = new HashSet<>();
    private final Set<Integer> reset = new HashSet<>();
    private final Map<Integer, Integer> statuses = new HashMap<>();
    private int nextStream = 1;
    private int lastAllowed = -1;
    private int goAwayError = -1;

    public Http2Socket(int port) throws IOException {
        this(new Socket("127.0.0.1", port));
    }

    /** Over a connection that speaks HTTP/2 already, such as one of TLS. */
    Http2Socket(Socket connected) throws IOException {
        socket = connected;
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        socket.getOutputStream()
                .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, new byte[0]);
    }

    /**
     * Sends a GET and returns its stream.
     *
     * @param fields names and values of further fields in turn, sent as they are
     */
    public int get(String path, String... fields) throws IOException {
        int stream = open();
        frame(HEADERS, END_STREAM | END_HEADERS, stream, block(0x82, path, fields));
        return stream;
    }

    /** Sends the head of a POST and returns its stream, which stays open. */
    public int post(String path) throws IOException {
        int stream = open();
        frame(HEADERS, END_HEADERS, stream, block(0x83, path));
        return stream;
    }

    /** A stream that nothing was sent on. */
    int open() {
        int stream = nextStream;
        nextStream += 2;
        return stream;
    }

    /** A head with these further fields, in HPACK without its tables. */
    static byte[] block(int method, String path, String... fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(method); // 0x82 is GET, 0x83 POST
        block.write(0x86); // :scheme http
        literal(block, 4, path);
        literal(block, 1, "sluice.test");
        for (int i = 0; i < fields.length; i += 2) {
            block.write(0); // a literal field that is not indexed, with a new name
            text(block, fields[i]);
            text(block, fields[i + 1]);
        }
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, int name, String value) {
        block.write(name);
        text(block, value);
    }

    /** A string literal of HPACK without Huffman coding (RFC 7541 sections 5.1 and 5.2). */
    private static void text(ByteArrayOutputStream block, String text) {
        int length = text.length();
        if (length < 127) {
            block.write(length);
        } else {
            block.write(127);
            for (length -= 127; length >= 128; length >>>= 7) {
                block.write(length & 127 | 128);
            }
            block.write(length);
        }
        block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * Reads until this stream has ended.
     *
     * @return whether it was answered with 200, whole
     * @throws EOFException when the connection ends before
     */
    public boolean answeredOk(int stream) throws IOException {
        while (!ended.contains(stream)) {
            read();
        }
        return ok.contains(stream) && !reset.contains(stream);
    }

    /** Reads until this stream's head is here and returns its status; 0 for a stream reset. */
    int status(int stream) throws IOException {
        while (!statuses.containsKey(stream) && !ended.contains(stream)) {
            read();
        }
        return statuses.getOrDefault(stream, 0);
    }

    /**
     * Reads until the server says that it goes away, and returns the error it names; -1 where it
     * has ended the connection without a word.
     *
     * @throws SocketTimeoutException when it does neither
     */
    int awaitGoAway() throws SocketTimeoutException {
        try {
            while (goAwayError < 0) {
                read();
            }
        } catch (SocketTimeoutException neither) {
            throw neither;
        } catch (IOException ended) {
            // Perhaps with a reset, which takes what was still to be read.
        }
        return goAwayError;
    }

    /** Reads on until the server ends the connection in order. */
    public void awaitEnd() throws IOException {
        try {
            while (true) {
                read();
            }
        } catch (EOFException end) {
            // What was waited for; a reset is another exception.
        }
    }

    /** Whether a GOAWAY has come; then new streams belong on another connection. */
    public boolean goingAway() {
        return lastAllowed >= 0;
    }

    /** The last stream that the last GOAWAY allowed, or -1. */
    public int lastAllowed() {
        return lastAllowed;
    }

    private void read() throws IOException {
        int head = in.readInt();
        int type = head & 0xff;
        byte flags = in.readByte();
        int stream = in.readInt() & Integer.MAX_VALUE;
        byte[] payload = new byte[head >>> 8];
        in.readFully(payload);
        switch (type) {
            case HEADERS -> {
                if ((payload[0] & 0xff) == STATUS_200) {
                    ok.add(stream);
                }
                statuses.putIfAbsent(stream, status(payload));
            }
            case DATA -> giveBack(payload.length);
            case RST_STREAM -> {
                reset.add(stream);
                ended.add(stream);
            }
            case SETTINGS, PING -> acknowledge(type, flags, payload);
            case GOAWAY -> {
                lastAllowed = ByteBuffer.wrap(payload).getInt() & Integer.MAX_VALUE;
                goAwayError = ByteBuffer.wrap(payload).getInt(4);
            }
            default -> {}
        }
        if ((type == HEADERS || type == DATA) && (flags & END_STREAM) != 0) {
            ended.add(stream);
        }
    }

    /** The first field of a head, indexed or with its value as text; -1 for anything else. */
    private static int status(byte[] payload) {
        int first = payload[0] & 0xff;
        if (first >= 0x88 && first < 0x88 + STATUSES.length) {
            return STATUSES[first - 0x88];
        }
        boolean named = first == 0x48 || first == 0x08 || first == 0x18;
        return named && payload[1] == 3
                ? Integer.parseInt(new String(payload, 2, 3, StandardCharsets.US_ASCII))
                : -1;
    }

    private void acknowledge(int type, byte flags, byte[] payload) throws IOException {
        if ((flags & ACK) == 0) {
            frame(type, ACK, 0, type == PING ? payload : new byte[0]);
        }
    }

    private void giveBack(int bytes) throws IOException {
        if (bytes > 0) {
            frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(bytes).array());
        }
    }

    /** Sends any frame, right or wrong. */
    void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload);
        socket.getOutputStream().write(frame.array());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
