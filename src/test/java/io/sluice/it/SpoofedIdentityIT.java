package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.TokenMint;
import io.sluice.it.RawSocket.Answer;
import io.sluice.it.RecordingUpstream.Received;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Nobody but the gateway says who a user is: {@code X-User-Id} in every spelling and by every
 * trick, over HTTP/1.1, WebSocket and HTTP/2, on a route with authentication and on one without.
 * Each is refused, or goes on without what the client wrote.
 */
@Together
class SpoofedIdentityIT {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final TokenMint MINT =
            TokenMint.hmac("HS256", null, SECRET.getBytes(StandardCharsets.US_ASCII));
    private static final String ADA = "Bearer " + token("ada");
    private static final String OPEN = "/open/x";
    private static final String CLOSED = "/closed/x";

    private static RecordingUpstream upstream;
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        upstream = new RecordingUpstream();
        gateway =
                Gateway.start(
                        """
                        server.http2.enabled: true
                        spring.cloud.gateway.server.webflux.routes:
                          - { id: open, uri: "%1$s", predicates: [ "Path=/open/**" ] }
                          - { id: closed, uri: "%1$s", predicates: [ "Path=/closed/**" ], filters: [ JwtAuth ] }
                        sluice.auth:
                          identity-headers: { sub: X-User-Id }
                          issuers: [ { issuer: me, secret: %2$s } ]
                        """
                                .formatted(upstream.uri(), SECRET));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        upstream.close();
    }

    @BeforeEach
    void forget() {
        upstream.forget();
    }

    private static String token(String subject) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", "me");
        claims.put("sub", subject);
        claims.put("exp", Instant.now().getEpochSecond() + 3600);
        return MINT.token(claims);
    }

    /** Header lines as a client may write them, one or several; no line end after the last. */
    static Stream<String> spoofs() {
        List<String> all = new ArrayList<>();
        for (String name : spellings()) {
            all.add(name + ": evil");
        }
        all.addAll(
                List.of(
                        "X-User-Id: evil\r\nX-User-Id: evil",
                        "X-User-Id: ada, evil",
                        "X-User-Id: ada\r\nX_User_Id: evil",
                        "X-User-Id:\r\nX-User-Id: evil",
                        "X-User-Id:evil",
                        "X-User-Id: \t evil \t",
                        "X-User-Id: evil\r\nConnection: X-User-Id",
                        "Connection: keep-alive, x-user-id\r\nx-user-id: evil",
                        "Connection: X-User-Id",
                        "Connection: x_user_id, X.User.Id",
                        "X-User-Id:\r\n evil",
                        "X-User-Id : evil",
                        "X-User-Id\t: evil",
                        " X-User-Id: evil",
                        "Accept: a\nX-User-Id: evil",
                        "Accept: a\rX-User-Id: evil",
                        "Accept: a\0\r\nX-User-Id: evil",
                        "X-User-Id\0: evil",
                        "\u000bX-User-Id: evil",
                        "X\u00adUser\u00adId: evil",
                        "X User Id: evil",
                        "X-User-Id;: evil"));
        return all.stream();
    }

    private static List<String> spellings() {
        List<String> all = new ArrayList<>();
        for (String first : List.of("-", "_", ".")) {
            for (String second : List.of("-", "_", ".")) {
                String name = "X" + first + "User" + second + "Id";
                all.add(name);
                all.add(name.toLowerCase(Locale.ROOT));
                all.add(name.toUpperCase(Locale.ROOT));
                all.add("x" + first + "uSER" + second + "iD");
            }
        }
        return all;
    }

    /** Whatever was answered: the upstream knows the user from the gateway, or knows nobody. */
    private static void noneBelieved(int status, boolean authenticated) {
        assertThat(status).isIn(0, 101, 200, 400);
        assertThat(upstream.received().isEmpty()).isEqualTo(status == 0 || status == 400);
        for (Received received : upstream.received()) {
            assertThat(received.head() + received.body()).doesNotContain("evil");
            assertThat(received.values("x-user-id"))
                    .isEqualTo(authenticated ? List.of("ada") : List.of());
        }
        upstream.forget();
    }

    @Test
    void spoofs_areMany() {
        assertThat(spoofs().distinct().count()).isGreaterThanOrEqualTo(40);
    }

    @ParameterizedTest
    @MethodSource("spoofs")
    void http1_neverReachesTheUpstream(String lines) {
        Answer open = RawSocket.send(gateway.port(), Attack.get(OPEN, lines));
        noneBelieved(open.status(), false);
        Answer closed =
                RawSocket.send(gateway.port(), Attack.get(CLOSED, lines, "Authorization: " + ADA));
        noneBelieved(closed.status(), true);
        assertThat(closed.status()).isEqualTo(open.status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-User-Id: evil", "x_user_id: evil\r\nConnection: close"})
    void http1_trailer_neverReachesTheUpstream(String trailer) {
        for (String path : List.of(OPEN, CLOSED)) {
            String head =
                    Attack.request(
                            "POST",
                            path,
                            "Transfer-Encoding: chunked",
                            "Trailer: X-User-Id",
                            "Authorization: " + ADA);
            Answer answer =
                    RawSocket.send(
                            gateway.port(), head + "\r\n2\r\nok\r\n0\r\n" + trailer + "\r\n\r\n");
            noneBelieved(answer.status(), path.equals(CLOSED));
        }
    }

    @ParameterizedTest
    @MethodSource("spoofs")
    void webSocket_neverReachesTheUpstream(String lines) throws IOException {
        upgrade(OPEN, lines, false);
        upgrade(CLOSED, lines + "\r\nAuthorization: " + ADA, true);
    }

    private static void upgrade(String path, String lines, boolean authenticated)
            throws IOException {
        String request =
                Attack.get(
                        path,
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                        lines);
        try (Socket socket = RawSocket.connect(gateway.port())) {
            RawSocket.write(socket, request);
            int status = status(socket);
            if (status == 101) {
                // The client is answered first, and then the upstream is asked.
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> !upstream.received().isEmpty());
            }
            noneBelieved(status, authenticated);
        }
    }

    /** The status of the answer that comes; 0 where there is none. */
    private static int status(Socket socket) throws IOException {
        try {
            byte[] start = socket.getInputStream().readNBytes("HTTP/1.1 101".length());
            String text = new String(start, StandardCharsets.US_ASCII);
            return text.isEmpty() ? 0 : Integer.parseInt(text.substring(9));
        } catch (SocketException reset) {
            return 0;
        }
    }

    static Stream<List<String>> spoofsOfHttp2() {
        List<List<String>> all = new ArrayList<>();
        for (String name : spellings()) {
            all.add(List.of(name, "evil"));
        }
        all.add(List.of("x-user-id", "evil", "x-user-id", "evil"));
        all.add(List.of("x-user-id", "", "x_user_id", "evil"));
        all.add(List.of("x-user-id", "evil", "connection", "x-user-id"));
        all.add(List.of("connection", "x-user-id"));
        all.add(List.of("accept", "a\r\nx-user-id: evil"));
        all.add(List.of("x-user-id: evil\r\na", "b"));
        all.add(List.of(":x-user-id", "evil"));
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("spoofsOfHttp2")
    void http2_neverReachesTheUpstream(List<String> fields) throws IOException {
        noneBelieved(http2(OPEN, fields), false);
        List<String> authorized = new ArrayList<>(List.of("authorization", ADA));
        authorized.addAll(fields);
        noneBelieved(http2(CLOSED, authorized), true);
    }

    /** 200, or 0 for any other end of the stream or of the connection. */
    private static int http2(String path, List<String> fields) throws IOException {
        try (Http2Socket socket = new Http2Socket(gateway.port())) {
            int stream = socket.get(path, fields.toArray(String[]::new));
            return socket.answeredOk(stream) ? 200 : 0;
        } catch (EOFException | SocketException ended) {
            return 0;
        }
    }

    @Test
    void authenticated_everyRequest_carriesItsOwnIdentityOnce() {
        Map<String, String> subjects = new LinkedHashMap<>();
        for (int i = 0; i < 100; i++) {
            subjects.put("Bearer " + token("user-" + i), "user-" + i);
        }
        List<String> tokens = List.copyOf(subjects.keySet());
        List<Integer> statuses =
                Flux.range(0, 2_000)
                        .flatMap(i -> ask(tokens.get(i % tokens.size())), 32)
                        .collectList()
                        .block();
        assertThat(statuses).hasSize(2_000).containsOnly(200);
        assertThat(upstream.received()).hasSize(2_000);
        for (Received received : upstream.received()) {
            String token = received.values("authorization").get(0);
            assertThat(received.values("x-user-id")).containsExactly(subjects.get(token));
        }
    }

    private static Mono<Integer> ask(String token) {
        HttpRequest request =
                HttpRequest.newBuilder(gateway.uri(CLOSED))
                        .headers("Authorization", token, "x_user_id", "evil")
                        .build();
        return Mono.fromFuture(
                        () ->
                                gateway.http()
                                        .sendAsync(request, HttpResponse.BodyHandlers.discarding()))
                .map(HttpResponse::statusCode);
    }
}
