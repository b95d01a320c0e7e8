package io.sluice.it;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A real server that answers with what it saw: its name, the request line, the body. The request
 * says how: {@code X-Answer: status=503; first=2; delay=100; Set-Cookie=a}, where {@code first}
 * keeps the status to the first so many requests of the same {@code X-Case} and every other entry
 * is a response header. It keeps the requests of each {@code X-Case}.
 */
final class EchoUpstream implements AutoCloseable {

    /** A request as it arrived; header names in lower case. */
    record Seen(
            String by, String method, String uri, Map<String, List<String>> headers, String body) {}

    private final String name;
    private final DisposableServer server;
    private final Map<String, List<Seen>> seen;

    private EchoUpstream(String name, Map<String, List<Seen>> seen) {
        this.name = name;
        this.seen = seen;
        this.server =
                HttpServer.create()
                        .host("127.0.0.1")
                        .port(0)
                        .handle(this::handle)
                        .bindNow(Duration.ofSeconds(10));
    }

    static EchoUpstream start(String name) {
        return new EchoUpstream(name, new ConcurrentHashMap<>());
    }

    /** Another server, whose requests are kept with this one's. */
    EchoUpstream beside(String otherName) {
        return new EchoUpstream(otherName, seen);
    }

    String uri() {
        return "http://127.0.0.1:" + server.port();
    }

    /** The requests with this {@code X-Case}, in their order. */
    List<Seen> seen(String id) {
        return seen.getOrDefault(id, List.of());
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        return request.receive()
                .aggregate()
                .asString(StandardCharsets.UTF_8)
                .defaultIfEmpty("")
                .flatMap(body -> answer(request, body, response));
    }

    private Mono<Void> answer(HttpServerRequest request, String body, HttpServerResponse response) {
        Map<String, List<String>> headers = new TreeMap<>();
        for (Map.Entry<String, String> header : request.requestHeaders()) {
            headers.computeIfAbsent(
                            header.getKey().toLowerCase(Locale.ROOT), key -> new ArrayList<>())
                    .add(header.getValue());
        }
        List<Seen> before =
                seen.computeIfAbsent(
                        String.valueOf(request.requestHeaders().get("X-Case")),
                        key -> new CopyOnWriteArrayList<>());
        before.add(new Seen(name, request.method().name(), request.uri(), headers, body));
        int status = 200;
        int first = Integer.MAX_VALUE;
        Duration delay = Duration.ZERO;
        for (String entry : instructions(request)) {
            int equals = entry.indexOf('=');
            String key = entry.substring(0, equals);
            String value = entry.substring(equals + 1);
            switch (key) {
                case "status" -> status = Integer.parseInt(value);
                case "first" -> first = Integer.parseInt(value);
                case "delay" -> delay = Duration.ofMillis(Long.parseLong(value));
                default -> response.addHeader(key, value);
            }
        }
        response.status(before.size() <= first ? status : 200);
        String text = name + " " + request.method().name() + " " + request.uri() + "\n" + body;
        return Mono.delay(delay).then(Mono.defer(() -> send(response, text)));
    }

    private static List<String> instructions(HttpServerRequest request) {
        String text = request.requestHeaders().get("X-Answer");
        return text == null ? List.of() : List.of(text.split("; "));
    }

    private static Mono<Void> send(HttpServerResponse response, String text) {
        return Flux.from(response.sendString(Mono.just(text))).then();
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(2));
    }
}
