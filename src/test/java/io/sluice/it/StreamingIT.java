package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.sluice.it.RawConnection.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is not one small body passes through the packaged jar: WebSockets, events, large bodies in
 * bounded memory, trailers, bare heads, and clients that leave. Each over a plain {@code http://}
 * route and a balanced one.
 */
class StreamingIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int CHUNKS = 1600;
    private static final long SIZE = (long) CHUNKS * StreamUpstream.CHUNK;
    private static final long MEBIBYTE = 1024 * 1024;

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static StreamUpstream upstream;
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        upstream = new StreamUpstream();
        gateway =
                Gateway.start(
                        """
                        # Named like this, requests and WebSockets come to share their connections.
                        spring.cloud.gateway.server.webflux.httpclient.connect-timeout: 5000
                        spring.cloud.gateway.server.webflux.routes:
                          - { id: http, uri: "http://%1$s", predicates: [ "Path=/http/**" ], filters: [ "StripPrefix=1" ] }
                          - { id: lb, uri: "lb://streams", predicates: [ "Path=/lb/**" ], filters: [ "StripPrefix=1" ] }
                          - { id: lb-ws, uri: "lb:ws://streams", predicates: [ "Path=/lb-ws/**" ], filters: [ "StripPrefix=1" ] }
                          - { id: ws, uri: "ws://%1$s", predicates: [ "Path=/ws/**" ], filters: [ "StripPrefix=1" ] }
                        sluice.upstreams.streams.instances:
                          - { uri: "http://%1$s" }
                        """
                                .formatted(upstream.address()));
    }

    @AfterAll
    static void stop() {
        upstream.close();
        if (gateway != null) {
            gateway.detectLeaks();
            gateway.close();
        }
    }

    private static Answer raw(String method, String path, String... headers) {
        return RawConnection.exchange(gateway.port(), method, head(method, path, headers));
    }

    private static String head(String method, String path, String... headers) {
        StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: g\r\n");
        Stream.of(headers).forEach(header -> text.append(header).append("\r\n"));
        return text.append("\r\n").toString();
    }

    // --- WebSocket ------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"/http/ws", "/lb/ws", "/lb-ws/ws", "/ws/ws"})
    void webSocket_textSubprotocolAndCloseCode_pass(String path) throws Exception {
        assertThat(raw("GET", "/http/plain").status()).isEqualTo(200);
        Listener heard = new Listener();
        WebSocket socket =
                HTTP.newWebSocketBuilder()
                        .subprotocols("chat", "unknown")
                        .buildAsync(URI.create("ws://127.0.0.1:" + gateway.port() + path), heard)
                        .get(60, TimeUnit.SECONDS);
        assertThat(socket.getSubprotocol()).isEqualTo("chat");
        for (String word : new String[] {"one", "two"}) {
            socket.sendText(word, true).get(60, TimeUnit.SECONDS);
            assertThat(heard.texts.poll(60, TimeUnit.SECONDS)).isEqualTo("echo " + word);
        }
        socket.sendText("close", true).get(60, TimeUnit.SECONDS);
        assertThat(heard.closed.get(60, TimeUnit.SECONDS)).isEqualTo("4001 enough");
    }

    @Test
    void webSocket_openSession_isInFlightUntilTheClientCloses() throws Exception {
        WebSocket socket = open();
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(60, TimeUnit.SECONDS);
        awaitNothingInFlight();
        assertThat(gateway.log()).contains("\"path\":\"/lb/ws-plain\",\"status\":101,");
    }

    @Test
    void webSocket_handshakeWithoutAKey_isAClientErrorAndLeavesNothing() {
        Answer answer =
                raw(
                        "GET",
                        "/lb/ws-plain",
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Version: 13");
        assertThat(answer.status()).isEqualTo(400);
        awaitNothingInFlight();
    }

    @Test
    void webSocket_clientGoneWithoutACloseFrame_isInFlightNoMore() throws Exception {
        open().abort();
        awaitNothingInFlight();
    }

    @Test
    void webSocket_upstreamGoneWithoutACloseFrame_isInFlightNoMore() throws Exception {
        WebSocket socket = open();
        socket.sendText("vanish", true).get(60, TimeUnit.SECONDS);
        awaitNothingInFlight();
        socket.abort();
    }

    /** Without a subprotocol, over the balanced route, in use and counted. */
    private static WebSocket open() throws Exception {
        Listener heard = new Listener();
        WebSocket socket =
                HTTP.newWebSocketBuilder()
                        .buildAsync(
                                URI.create("ws://127.0.0.1:" + gateway.port() + "/lb/ws-plain"),
                                heard)
                        .get(60, TimeUnit.SECONDS);
        assertThat(socket.getSubprotocol()).isEmpty();
        socket.sendText("one", true).get(60, TimeUnit.SECONDS);
        assertThat(heard.texts.poll(60, TimeUnit.SECONDS)).isEqualTo("echo one");
        assertThat(inFlight()).isEqualTo(1);
        return socket;
    }

    /** Keeps what a WebSocket heard. */
    private static final class Listener implements WebSocket.Listener {

        private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
        private final CompletableFuture<String> closed = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                texts.add(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closed.completeExceptionally(error);
        }
    }

    // --- streams --------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"/http/sse", "/lb/sse", "/http/chunked", "/lb/chunked"})
    void stream_firstPart_arrivesBeforeTheSecondIsMade(String path) throws Exception {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send(head("GET", path + "?" + path, "Connection: close"));
            StringBuilder text = new StringBuilder();
            String first = path.endsWith("sse") ? "data: 1" : "one,";
            while (text.indexOf(first) < 0) {
                byte[] some = connection.some();
                assertThat(some).as("ended after %s", text).isNotEmpty();
                text.append(new String(some, StandardCharsets.ISO_8859_1));
            }
            assertThat(text).doesNotContainIgnoringCase("content-length");
            upstream.pass(path);
            for (byte[] some = connection.some(); some.length > 0; some = connection.some()) {
                text.append(new String(some, StandardCharsets.ISO_8859_1));
            }
            assertThat(text)
                    .contains(path.endsWith("sse") ? "data: 2" : "two")
                    .endsWith("0\r\n\r\n");
        }
    }

    // --- large bodies ---------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"/http", "/lb"})
    void hundredMebibytes_eachWay_passInBoundedMemory(String route) throws Exception {
        assumeThat(Files.exists(Path.of("/proc/self/status"))).as("needs Linux's /proc").isTrue();
        assertThat(download(route, peak -> {})).isEqualTo(SIZE);
        assertThat(upload(route)).isEqualTo(SIZE);
        long warm = residentBytes();
        AtomicLong peak = new AtomicLong(warm);
        for (int i = 0; i < 2; i++) {
            assertThat(download(route, at -> peak.accumulateAndGet(at, Math::max))).isEqualTo(SIZE);
            peak.accumulateAndGet(residentBytes(), Math::max);
            assertThat(upload(route)).isEqualTo(SIZE);
            peak.accumulateAndGet(residentBytes(), Math::max);
        }
        assertThat(peak.get() - warm).as("growth over %d bytes", warm).isLessThan(150 * MEBIBYTE);
    }

    /** A client that reads nothing more holds the upstream back, not the gateway's memory. */
    @ParameterizedTest
    @ValueSource(strings = {"/http", "/lb"})
    void download_stalledClient_holdsTheUpstreamBack(String route) {
        upstream.produced().set(0);
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send(head("GET", route + "/download?" + CHUNKS));
            assertThat(connection.some()).isNotEmpty();
            long held = settled(upstream.produced());
            assertThat(held).isPositive().isLessThan(SIZE / 2);
        }
        awaitNothingInFlight();
    }

    /** An upstream that does not read holds the client back, not the gateway's memory. */
    @ParameterizedTest
    @ValueSource(strings = {"/http", "/lb"})
    void upload_stalledUpstream_holdsTheClientBack(String route) throws Exception {
        AtomicLong sent = new AtomicLong();
        CompletableFuture<HttpResponse<String>> answer =
                HTTP.sendAsync(
                        HttpRequest.newBuilder(gateway.uri(route + "/gated-upload?" + route))
                                .POST(body(sent))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(settled(sent)).isPositive().isLessThan(SIZE / 2);
        upstream.pass(route);
        assertThat(answer.get(60, TimeUnit.SECONDS).body()).isEqualTo(Long.toString(SIZE));
    }

    /** The count once it has stood still for a second. */
    private static long settled(AtomicLong count) {
        AtomicLong last = new AtomicLong(-1);
        AtomicLong since = new AtomicLong(System.nanoTime());
        Awaitility.await()
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> {
                            long now = count.get();
                            if (now == 0 || last.getAndSet(now) != now) {
                                since.set(System.nanoTime());
                            }
                            return System.nanoTime() - since.get() > 1_000_000_000L;
                        });
        return last.get();
    }

    private static long download(String route, java.util.function.LongConsumer resident)
            throws Exception {
        HttpResponse<InputStream> response =
                HTTP.send(
                        HttpRequest.newBuilder(gateway.uri(route + "/download?" + CHUNKS)).build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(SIZE);
        long total = 0;
        long next = 0;
        byte[] buffer = new byte[StreamUpstream.CHUNK];
        try (InputStream in = response.body()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                total += read;
                if (total > next) {
                    resident.accept(residentBytes());
                    next = total + 5 * MEBIBYTE;
                }
            }
        }
        return total;
    }

    private static long upload(String route) throws Exception {
        HttpResponse<String> response =
                HTTP.send(
                        HttpRequest.newBuilder(gateway.uri(route + "/upload"))
                                .POST(body(new AtomicLong()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return Long.parseLong(response.body());
    }

    /** 100 MiB of known length, made as they are asked for. */
    private static HttpRequest.BodyPublisher body(AtomicLong sent) {
        return HttpRequest.BodyPublishers.fromPublisher(
                HttpRequest.BodyPublishers.ofInputStream(
                        () ->
                                new InputStream() {
                                    private long left = SIZE;

                                    @Override
                                    public int read() {
                                        if (left == 0) {
                                            return -1;
                                        }
                                        left--;
                                        sent.incrementAndGet();
                                        return 0;
                                    }

                                    @Override
                                    public int read(byte[] bytes, int offset, int length) {
                                        if (left == 0) {
                                            return -1;
                                        }
                                        int part = (int) Math.min(left, length);
                                        left -= part;
                                        sent.addAndGet(part);
                                        return part;
                                    }
                                }),
                SIZE);
    }

    private static long residentBytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + gateway.pid() + "/status"))) {
            String line = lines.filter(l -> l.startsWith("VmRSS:")).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    // --- heads and small print ------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"/http", "/lb"})
    void bareHeads_passAsTheyAre(String route) {
        Answer head = raw("HEAD", route + "/head", "Connection: close");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.values("Content-Length")).containsExactly("1234");
        Answer noContent = raw("GET", route + "/no-content", "Connection: close");
        assertThat(noContent.status()).isEqualTo(204);
        assertThat(noContent.values("Transfer-Encoding")).isEmpty();
        Answer notModified =
                raw("GET", route + "/not-modified", "If-None-Match: \"1\"", "Connection: close");
        assertThat(notModified.status()).isEqualTo(304);
        assertThat(notModified.values("ETag")).containsExactly("\"1\"");
    }

    @Test
    void gzip_ofTheUpstream_isUntouched() {
        Answer answer = raw("GET", "/lb/gzip", "Accept-Encoding: gzip", "Connection: close");
        assertThat(answer.values("Content-Encoding")).containsExactly("gzip");
        assertThat(answer.body()).isEqualTo(StreamUpstream.gzipped("squeezed"));
    }

    @Test
    void cachingAndSecurityHeaders_ofTheUpstream_areUntouched() {
        Answer answer = raw("GET", "/lb/cached", "Connection: close");
        assertThat(answer.values("Cache-Control")).containsExactly("public, max-age=60");
        assertThat(answer.values("X-Frame-Options")).containsExactly("ALLOW");
        assertThat(answer.values("Strict-Transport-Security")).containsExactly("max-age=1");
        for (String added : new String[] {"Pragma", "Expires", "X-XSS-Protection"}) {
            assertThat(answer.values(added)).as(added).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/http", "/lb"})
    void trailers_ofAChunkedResponse_pass(String route) {
        Answer answer = raw("GET", route + "/trailers", "TE: trailers", "Connection: close");
        assertThat(answer.text()).isEqualTo("one,two");
        assertThat(answer.trailers()).containsExactly(Map.entry("X-Checksum", "abc"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/http", "/lb"})
    void expectContinue_isAnsweredBeforeTheBody(String route) {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send(
                    head("POST", route + "/upload", "Content-Length: 5", "Expect: 100-continue"));
            assertThat(connection.read(false).status()).isEqualTo(100);
            Answer answer = connection.send("12345").read(false);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("5");
        }
    }

    @Test
    void pipelinedRequests_areAnsweredInOrder() {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send(
                    head("GET", "/lb/first")
                            + head("POST", "/http/upload", "Content-Length: 3")
                            + "abc"
                            + head("GET", "/lb/third"));
            assertThat(connection.read(false).text()).isEqualTo("/first");
            assertThat(connection.read(false).text()).isEqualTo("3");
            assertThat(connection.read(false).text()).isEqualTo("/third");
        }
    }

    // --- clients that leave ---------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"/http", "/lb"})
    void client_thatLeavesDuringADownload_endsTheUpstreamsPart(String route) {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send(head("GET", route + "/endless"));
            assertThat(connection.some()).isNotEmpty();
            assertThat(upstream.open()).isPositive();
        }
        Awaitility.await().atMost(LIMIT).untilAsserted(() -> assertThat(upstream.open()).isZero());
        awaitNothingInFlight();
    }

    private static void awaitNothingInFlight() {
        Awaitility.await().atMost(LIMIT).untilAsserted(() -> assertThat(inFlight()).isZero());
    }

    private static int inFlight() {
        String json = gateway.manage("/actuator/upstreams/streams").body();
        String figure = json.replaceAll("(?s).*\"inFlight\":(\\d+).*", "$1");
        assertThat(figure).as(json).matches("\\d+");
        return Integer.parseInt(figure);
    }
}
