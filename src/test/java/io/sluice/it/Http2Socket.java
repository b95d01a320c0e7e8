package io.sluice.it;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * One connection of HTTP/2 without TLS, by prior knowledge, its frames written and read by hand
 * (RFC 9113): it shows GOAWAY and every stream's end, which HTTP clients hide. For one thread.
 */
public final class Http2Socket implements AutoCloseable {

    /** Highest stream identifier there is: a GOAWAY that names it still allows every stream. */
    public static final int EVERY_STREAM = Integer.MAX_VALUE;

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    /** {@code :status 200} in HPACK's static table. */
    private static final int STATUS_200 = 0x88;

    private final Socket socket;
    private final DataInputStream in;
    private final Set<Integer> ok = new HashSet<>();
    private final Set<Integer> ended = new HashSet<>();
    private final Set<Integer> reset = new HashSet<>();
    private int nextStream = 1;
    private int lastAllowed = -1;

    public Http2Socket(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        socket.getOutputStream()
                .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        write(SETTINGS, 0, 0, new byte[0]);
    }

    /**
     * Sends a GET and returns its stream.
     *
     * @param fields names and values of further fields in turn, sent as they are
     */
    public int get(String path, String... fields) throws IOException {
        int stream = nextStream;
        nextStream += 2;
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x82); // :method GET
        block.write(0x86); // :scheme http
        literal(block, 4, path);
        literal(block, 1, "sluice.test");
        for (int i = 0; i < fields.length; i += 2) {
            block.write(0); // a literal field that is not indexed, with a new name
            text(block, fields[i]);
            text(block, fields[i + 1]);
        }
        write(HEADERS, END_STREAM | END_HEADERS, stream, block.toByteArray());
        return stream;
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
        block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
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
            }
            case DATA -> giveBack(payload.length);
            case RST_STREAM -> {
                reset.add(stream);
                ended.add(stream);
            }
            case SETTINGS, PING -> acknowledge(type, flags, payload);
            case GOAWAY -> lastAllowed = ByteBuffer.wrap(payload).getInt() & Integer.MAX_VALUE;
            default -> {}
        }
        if ((type == HEADERS || type == DATA) && (flags & END_STREAM) != 0) {
            ended.add(stream);
        }
    }

    private void acknowledge(int type, byte flags, byte[] payload) throws IOException {
        if ((flags & ACK) == 0) {
            write(type, ACK, 0, type == PING ? payload : new byte[0]);
        }
    }

    private void giveBack(int bytes) throws IOException {
        if (bytes > 0) {
            write(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(bytes).array());
        }
    }

    private void write(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload);
        socket.getOutputStream().write(frame.array());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
