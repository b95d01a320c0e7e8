package io.sluice.it;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/** A real server for everything that is not one small body: streams, sockets, bare heads. */
final class StreamUpstream implements AutoCloseable {

    /** 64 KiB; 1600 of them are 100 MiB. */
    static final int CHUNK = 64 * 1024;

    private final DisposableServer server;
    private final Map<String, Sinks.Empty<Void>> gates = new ConcurrentHashMap<>();
    private final AtomicLong produced = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();

    StreamUpstream() {
        this(0);
    }

    /**
     * @param receiveBufferBytes of its connections; 0 leaves it to the kernel
     */
    StreamUpstream(int receiveBufferBytes) {
        HttpServer http = HttpServer.create().host("127.0.0.1").port(0).handle(this::counted);
        if (receiveBufferBytes > 0) {
            http = http.option(ChannelOption.SO_RCVBUF, receiveBufferBytes);
        }
        server = http.bindNow(Duration.ofSeconds(10));
    }

    static byte[] gzipped(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    String address() {
        return "127.0.0.1:" + server.port();
    }

    /** Bytes of a download that were handed to the connection. */
    AtomicLong produced() {
        return produced;
    }

    /** Bytes of an upload that were read. */
    AtomicLong received() {
        return received;
    }

    /** Requests in progress. */
    int open() {
        return open.get();
    }

    /** Lets the rest of a response (or the reading of an upload) go on. */
    void pass(String gate) {
        gate(gate).tryEmitEmpty();
    }

    private Sinks.Empty<Void> gate(String name) {
        return gates.computeIfAbsent(name, key -> Sinks.empty());
    }

    private Publisher<Void> counted(HttpServerRequest request, HttpServerResponse response) {
        open.incrementAndGet();
        return Flux.from(handle(request, response)).doFinally(signal -> open.decrementAndGet());
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        URI uri = URI.create(request.uri());
        String query = uri.getQuery() == null ? "" : uri.getQuery();
        return switch (uri.getPath()) {
            case "/ws" ->
                    response.sendWebsocket(
                            StreamUpstream::webSocket,
                            WebsocketServerSpec.builder().protocols("other,chat").build());
            case "/ws-plain" -> response.sendWebsocket(StreamUpstream::webSocket);
            case "/sse" ->
                    response.sse().send(parts("data: 1\n\n", "data: 2\n\n", query), b -> true);
            case "/chunked" -> response.send(parts("one,", "two", query), b -> true);
            case "/download" -> download(response, Integer.parseInt(query));
            case "/endless" -> response.send(chunks(Integer.MAX_VALUE));
            case "/upload" -> upload(request, response);
            case "/gated-upload" ->
                    gate(query).asMono().thenMany(Flux.defer(() -> upload(request, response)));
            case "/gzip" ->
                    response.header(HttpHeaderNames.CONTENT_ENCODING, "gzip")
                            .sendByteArray(Mono.just(gzipped("squeezed")));
            case "/no-content" -> response.status(204).send();
            case "/not-modified" -> response.status(304).header("ETag", "\"1\"").send();
            case "/head" -> response.header(HttpHeaderNames.CONTENT_LENGTH, "1234").send();
            case "/trailers" ->
                    response.header("Trailer", "X-Checksum")
                            .trailerHeaders(trailers -> trailers.set("X-Checksum", "abc"))
                            .sendString(Flux.just("one,", "two"));
            case "/cached" ->
                    response.header("Cache-Control", "public, max-age=60")
                            .header("X-Frame-Options", "ALLOW")
                            .header("Strict-Transport-Security", "max-age=1")
                            .sendString(Mono.just("cached"));
            default -> response.sendString(Mono.just(request.uri()));
        };
    }

    /** The first part at once, the second when the gate of that name is passed. */
    private Flux<ByteBuf> parts(String first, String second, String gate) {
        return Flux.concat(
                        Mono.just(first),
                        gate(gate).asMono().then(Mono.just(second)).cast(String.class))
                .map(text -> Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    private Publisher<Void> download(HttpServerResponse response, int chunks) {
        return response.header(HttpHeaderNames.CONTENT_LENGTH, Long.toString((long) chunks * CHUNK))
                .send(chunks(chunks));
    }

    private Flux<ByteBuf> chunks(int count) {
        byte[] chunk = new byte[CHUNK];
        return Flux.range(0, count)
                .map(
                        i -> {
                            produced.addAndGet(CHUNK);
                            return Unpooled.wrappedBuffer(chunk);
                        });
    }

    private Publisher<Void> upload(HttpServerRequest request, HttpServerResponse response) {
        AtomicLong own = new AtomicLong();
        return request.receive()
                .doOnNext(
                        buffer -> {
                            own.addAndGet(buffer.readableBytes());
                            received.addAndGet(buffer.readableBytes());
                        })
                .thenMany(Flux.defer(() -> response.sendString(Mono.just(own.toString()))));
    }

    /**
     * Echoes; {@code close} makes it close with a code of its own, {@code vanish} without a word.
     */
    private static Publisher<Void> webSocket(WebsocketInbound in, WebsocketOutbound out) {
        return in.receive().asString().concatMap(text -> answer(text, in, out));
    }

    private static Publisher<Void> answer(String text, WebsocketInbound in, WebsocketOutbound out) {
        switch (text) {
            case "close":
                return out.sendClose(4001, "enough");
            case "vanish":
                in.withConnection(connection -> connection.channel().close());
                return Mono.never();
            default:
                return out.sendString(Mono.just("echo " + text)).then();
        }
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(2));
    }
}
