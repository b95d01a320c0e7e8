package io.sluice.explain.spring;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/**
 * The request that is asked about. Immutable.
 *
 * @param path with the query, as in a request line
 * @param headers each {@code Name: value}
 * @param client the address that the connection would come from
 */
public record Question(
        String method, String path, @Nullable String host, List<String> headers, String client) {

    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F:.]{2,45}");
    private static final String NOBODY = "localhost";

    public Question {
        headers = List.copyOf(headers);
    }

    /**
     * Of what a user gave; what is missing is GET, no header and the loopback address.
     *
     * @throws IllegalArgumentException for what no request could be; the message says what was
     *     expected
     */
    public static Question of(
            @Nullable String method,
            @Nullable String path,
            @Nullable String host,
            List<String> headers,
            @Nullable String client) {
        Question question =
                new Question(
                        method == null ? "GET" : method.toUpperCase(Locale.ROOT),
                        require(path, path != null && path.startsWith("/"), "path", "/…"),
                        host,
                        headers,
                        client == null ? "127.0.0.1" : client);
        require(method, TOKEN.matcher(question.method).matches(), "method", "GET, POST, …");
        question.uri();
        question.httpHeaders();
        question.peer();
        return question;
    }

    private static String require(
            @Nullable String value, boolean holds, String name, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: " + expected + ")");
        }
        return String.valueOf(value);
    }

    HttpMethod httpMethod() {
        return HttpMethod.valueOf(method);
    }

    URI uri() {
        try {
            return new URI("http://" + NOBODY + path);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "path: " + path + " (expected: a path as it stands in a request line)", e);
        }
    }

    HttpHeaders httpHeaders() {
        HttpHeaders all = new HttpHeaders();
        for (String header : headers) {
            int colon = header.indexOf(':');
            String name = colon < 0 ? "" : header.substring(0, colon).strip();
            require(header, TOKEN.matcher(name).matches(), "header", "Name: value");
            all.add(name, header.substring(colon + 1).strip());
        }
        if (host != null) {
            all.set(HttpHeaders.HOST, host);
        } else if (!all.containsHeader(HttpHeaders.HOST)) {
            all.set(HttpHeaders.HOST, NOBODY);
        }
        return all;
    }

    /** A literal only: a name would have to be looked up. */
    InetSocketAddress peer() {
        require(client, ADDRESS.matcher(client).matches(), "client", "an IP address");
        try {
            return new InetSocketAddress(InetAddress.getByName(client), 0);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "client: " + client + " (expected: an IP address)", e);
        }
    }
}
