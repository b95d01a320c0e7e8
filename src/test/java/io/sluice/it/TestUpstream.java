package io.sluice.it;

import io.netty.buffer.Unpooled;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A real HTTP server with a name. It answers with that name; how it answers can be changed while it
 * runs, and it keeps the requests it saw.
 */
public final class TestUpstream implements AutoCloseable {

    /** A request as it arrived. Header names in lower case. */
    public record Seen(String method, String uri, Map<String, String> headers) {}

    private static final int CHUNK = 16 * 1024;

    private final String name;
    private int wantedPort;
    private DisposableServer server;
    private volatile Duration delay = Duration.ZERO;
    private volatile boolean hanging;
    private volatile Sinks.Empty<Void> hold = Sinks.empty();
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private volatile int status = 200;
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final List<Integer> webSocketCloses = new CopyOnWriteArrayList<>();
    private final LongAdder count = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder uploads = new LongAdder();
    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean keep = true;

    private TestUpstream(String name, int port) {
        this.name = name;
        this.wantedPort = port;
        this.server = bind();
        this.wantedPort = server.port();
    }

    public static TestUpstream start(String name) {
        return new TestUpstream(name, 0);
    }

    private DisposableServer bind() {
        return HttpServer.create()
                .host("127.0.0.1")
                .port(wantedPort)
                .doOnConnection(connection -> channels.add(connection.channel()))
                .handle(this::handle)
                .bindNow(Duration.ofSeconds(10));
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        count.increment();
        open.incrementAndGet();
        if (keep) {
            Map<String, String> headers = new ConcurrentHashMap<>();
            request.requestHeaders()
                    .forEach(
                            e ->
                                    headers.merge(
                                            e.getKey().toLowerCase(java.util.Locale.ROOT),
                                            e.getValue(),
                                            (a, b) -> a + ", " + b));
            seen.add(new Seen(request.method().name(), request.uri(), headers));
        }
        Mono<Void> answer =
                hanging
                        ? hold.asMono().then(Mono.defer(() -> answer(request, response)))
                        : delay.isZero()
                                ? Mono.defer(() -> answer(request, response))
                                : Mono.delay(delay)
                                        .then(Mono.defer(() -> answer(request, response)));
        return answer.doFinally(signal -> open.decrementAndGet());
    }

    private Mono<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        String path = URI.create(request.uri()).getPath();
        response.header("X-Upstream", name).status(status);
        if (path.endsWith("/upload")) {
            return request.receive()
                    .doOnNext(buffer -> bytesIn.add(buffer.readableBytes()))
                    .then(
                            Mono.defer(
                                    () -> {
                                        uploads.increment();
                                        return response.sendString(
                                                        Mono.just(Long.toString(bytesIn.sum())))
                                                .then();
                                    }));
        }
        if (path.endsWith("/download")) {
            int chunks = Integer.parseInt(URI.create(request.uri()).getQuery().substring(2));
            byte[] chunk = new byte[CHUNK];
            return response.send(Flux.range(0, chunks).map(i -> Unpooled.wrappedBuffer(chunk)))
                    .then();
        }
        if (path.endsWith("/sse")) {
            return response.sse()
                    .send(
                            Flux.interval(Duration.ofMillis(50))
                                    .map(
                                            i ->
                                                    Unpooled.copiedBuffer(
                                                            "data: " + i + "\n\n",
                                                            StandardCharsets.UTF_8)),
                            buffer -> true)
                    .then();
        }
        if (path.endsWith("/trickle")) {
            return response.sse()
                    .send(
                            Flux.interval(Duration.ZERO, Duration.ofSeconds(1))
                                    .map(i -> Unpooled.copiedBuffer(".", StandardCharsets.UTF_8)),
                            buffer -> true)
                    .then();
        }
        if (path.endsWith("/ws")) {
            return response.sendWebsocket(
                            (in, out) -> {
                                in.receiveCloseStatus()
                                        .subscribe(close -> webSocketCloses.add(close.code()));
                                return out.sendString(
                                        in.receive().asString().map(s -> name + ":" + s));
                            })
                    .then();
        }
        if (path.endsWith("/cached")) {
            response.header("Cache-Control", "public, max-age=60")
                    .header("X-Frame-Options", "ALLOW")
                    .header("ETag", "\"1\"");
        }
        byte[] body = name.getBytes(StandardCharsets.UTF_8);
        response.header("Content-Length", Integer.toString(body.length));
        return response.sendByteArray(Mono.just(body)).then();
    }

    /** The codes with which WebSockets were ended here. */
    public List<Integer> webSocketCloses() {
        return webSocketCloses;
    }

    public String name() {
        return name;
    }

    public int port() {
        return server.port();
    }

    public String uri() {
        return "http://127.0.0.1:" + port();
    }

    public TestUpstream delay(Duration newDelay) {
        this.delay = newDelay;
        return this;
    }

    public TestUpstream hang(boolean on) {
        this.hanging = on;
        return this;
    }

    /** Ends the hanging and answers the requests that hang. */
    public void release() {
        this.hanging = false;
        Sinks.Empty<Void> held = hold;
        hold = Sinks.empty();
        held.tryEmitEmpty();
    }

    public TestUpstream status(int newStatus) {
        this.status = newStatus;
        return this;
    }

    /** Whether requests are kept; off for load. */
    public TestUpstream keep(boolean on) {
        this.keep = on;
        return this;
    }

    public long count() {
        return count.sum();
    }

    /** Uploads whose body came to its end. */
    public long uploads() {
        return uploads.sum();
    }

    public int open() {
        return open.get();
    }

    public List<Seen> seen() {
        return seen;
    }

    public Seen last() {
        return seen.get(seen.size() - 1);
    }

    public void forget() {
        seen.clear();
        count.reset();
        bytesIn.reset();
    }

    /** Closes the listener and every connection, as a process that is gone. */
    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(2));
        channels.close().awaitUninterruptibly(2_000);
    }

    /** Listens again on the same port, as a process that is back. */
    public void restart() {
        server = bind();
    }
}
