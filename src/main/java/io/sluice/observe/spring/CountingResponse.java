package io.sluice.observe.spring;

import io.sluice.pipeline.Closing;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Counts the body's bytes on their way to the connection, and ends an event stream when a drain
 * closes streams. A {@link Mono} body stays one, so that the server can write it in one piece. Used
 * by one request.
 */
final class CountingResponse extends ServerHttpResponseDecorator {

    private static final String EVENT_STREAM = "text/event-stream";

    private final Closing closing;
    private long bytes;
    private boolean onePiece;

    CountingResponse(ServerHttpResponse delegate, Closing closing) {
        super(delegate);
        this.closing = closing;
    }

    long bytes() {
        return bytes;
    }

    /**
     * Whether the whole body is known to have gone out: it was one piece, or as long as its head
     * said. A connection that is closed then tells nothing of the client; Reactor Netty parts with
     * it before the exchange ends.
     */
    boolean whole() {
        long length = getHeaders().getContentLength();
        return onePiece || (length >= 0 && bytes >= length);
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        if (body instanceof Mono<? extends DataBuffer> mono) {
            onePiece = true;
            return super.writeWith(mono.doOnNext(this::count));
        }
        return super.writeWith(Flux.from(body).doOnNext(this::count));
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        Flux<Publisher<? extends DataBuffer>> counted =
                Flux.from(body).map(part -> Flux.from(part).doOnNext(this::count));
        return super.writeAndFlushWith(
                isEventStream() ? counted.takeUntilOther(closing.streamsClose()) : counted);
    }

    /** Only an event stream can be ended at any event; anything else would be cut short unseen. */
    private boolean isEventStream() {
        String type = getHeaders().getFirst(HttpHeaders.CONTENT_TYPE);
        return type != null && type.regionMatches(true, 0, EVENT_STREAM, 0, EVENT_STREAM.length());
    }

    private void count(DataBuffer buffer) {
        bytes += buffer.readableByteCount();
    }
}
