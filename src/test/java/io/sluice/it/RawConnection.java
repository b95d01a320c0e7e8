package io.sluice.it;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One HTTP/1.1 connection, written and read by hand: it shows what an HTTP client hides. */
final class RawConnection implements AutoCloseable {

    private static final int READ_TIMEOUT_MILLIS = 60_000;

    /** A response as it came: header names and values in their order, the body's own bytes. */
    record Answer(
            int status,
            List<Map.Entry<String, String>> headers,
            byte[] body,
            List<Map.Entry<String, String>> trailers) {

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** Every value of a header, in any spelling of its name. */
        List<String> values(String name) {
            return headers.stream()
                    .filter(e -> e.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .toList();
        }
    }

    private final Socket socket;
    private final InputStream in;

    RawConnection(int port) {
        try {
            socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One request on a connection of its own. */
    static Answer exchange(int port, String method, String request) {
        try (RawConnection connection = new RawConnection(port)) {
            return connection.send(request).read("HEAD".equals(method));
        }
    }

    RawConnection send(String text) {
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads one whole response. {@code head} tells that it answers HEAD and so has no body. */
    Answer read(boolean head) {
        try {
            String line = line();
            int status = Integer.parseInt(line.split(" ", 3)[1]);
            List<Map.Entry<String, String>> headers = fields();
            List<Map.Entry<String, String>> trailers = new ArrayList<>();
            boolean bodiless = head || status < 200 || status == 204 || status == 304;
            byte[] body = bodiless ? new byte[0] : body(headers, trailers);
            return new Answer(status, headers, body, trailers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next bytes as they come; empty at the end. */
    byte[] some() {
        try {
            byte[] buffer = new byte[8192];
            int read = in.read(buffer);
            return read < 0 ? new byte[0] : java.util.Arrays.copyOf(buffer, read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] body(
            List<Map.Entry<String, String>> headers, List<Map.Entry<String, String>> trailers)
            throws IOException {
        String length = null;
        boolean chunked = false;
        for (Map.Entry<String, String> header : headers) {
            if (header.getKey().equalsIgnoreCase("Content-Length")) {
                length = header.getValue();
            }
            chunked |=
                    header.getKey().equalsIgnoreCase("Transfer-Encoding")
                            && header.getValue().equalsIgnoreCase("chunked");
        }
        if (!chunked) {
            return length == null ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length));
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            body.write(in.readNBytes(size));
            line();
        }
        trailers.addAll(fields());
        return body.toByteArray();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line().split(";", 2)[0].trim(), 16);
    }

    private List<Map.Entry<String, String>> fields() throws IOException {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            fields.add(Map.entry(line.substring(0, colon), line.substring(colon + 1).trim()));
        }
        return fields;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the connection ended after \"" + line + "\"");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
