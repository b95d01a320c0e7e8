package io.sluice.proxy.spring;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;

/**
 * Lets through one response of HTTP/1.1 for each request, and only what is one. Whatever an
 * upstream says that nobody asked for, before, behind or between responses, ends its connection: on
 * a connection that is used again it would be the next client's answer.
 *
 * <p>The head of a small answer waits until everything that has come with it is read, so that
 * {@link #isWhole} can tell whether the body has come, too: it can then be written in one piece.
 */
final class ResponseGuard extends ChannelDuplexHandler {

    static final String NAME = "sluice.response";

    /** Larger bodies are passed on part by part. Bytes. */
    static final int MOST_WHOLE = 16 * 1024;

    private static final AttributeKey<ResponseGuard> GUARD = AttributeKey.valueOf(NAME);
    private static final int MOST_INTERIM = 16;

    /** Ends whatever line or head has begun; without one the decoder skips it. */
    private static final ByteBuf EMPTY_LINES =
            Unpooled.unreleasableBuffer(
                    Unpooled.wrappedBuffer("\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
                            .asReadOnly());

    private final ResponseHeads heads;
    private boolean expecting;
    private boolean upgrading;
    private boolean bodiless;
    private boolean interim;
    private int interims;
    private boolean probing;
    private boolean more;
    private @Nullable HttpResponse head;
    private final Deque<Object> parts = new ArrayDeque<>(2);
    private @Nullable Object last;
    private boolean whole;

    ResponseGuard(ResponseHeads heads) {
        this.heads = heads;
    }

    /** Stands behind the codec from the first request on; HTTP/2 has streams and needs none. */
    static void install(Connection connection) {
        ChannelPipeline pipeline = connection.channel().pipeline();
        ChannelHandlerContext codec = pipeline.context(HttpClientCodec.class);
        if (codec != null && pipeline.get(NAME) == null) {
            ResponseHeads heads = new ResponseHeads();
            ResponseGuard guard = new ResponseGuard(heads);
            pipeline.addBefore(codec.name(), ResponseHeads.NAME, heads);
            pipeline.addAfter(codec.name(), NAME, guard);
            connection.channel().attr(GUARD).set(guard);
        }
    }

    /**
     * Whether all of the answer's body has been read, so that taking it waits for nothing. To be
     * asked on the connection's event loop while the answer's head is being handled.
     */
    static boolean isWhole(Connection connection) {
        ResponseGuard guard = connection.channel().attr(GUARD).get();
        return guard != null && guard.whole;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof HttpRequest request) {
            expecting = true;
            heads.expect();
            upgrading =
                    request.headers()
                            .contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
            bodiless = HttpMethod.HEAD.equals(request.method());
            interims = 0;
        }
        ctx.write(msg, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (probing || last != null) {
            more = true;
            ReferenceCountUtil.release(msg);
        } else if (!expecting) {
            ReferenceCountUtil.release(msg);
            ctx.close();
        } else if (upgrading && isSwitch(msg)) {
            // No response follows on this connection, and no other request.
            ctx.fireChannelRead(msg);
            ctx.pipeline().remove(this);
        } else if (fault(msg)) {
            ReferenceCountUtil.release(msg);
            expecting = false;
            ctx.fireExceptionCaught(new BadResponseException());
            ctx.close();
        } else if (interim) {
            // Nobody asked for it, and Reactor Netty would take all but 100 for the answer.
            ReferenceCountUtil.release(msg);
            ctx.read();
        } else if (msg instanceof LastHttpContent) {
            last = msg;
        } else if (msg instanceof HttpResponse response && isSmall(response)) {
            head = response;
        } else if (head != null) {
            parts.add(msg);
        } else {
            ctx.fireChannelRead(msg);
        }
    }

    private boolean isSmall(HttpResponse response) {
        int status = response.status().code();
        if (bodiless || status == 204 || status == 304) {
            return false;
        }
        long length = HttpUtil.getContentLength(response, -1L);
        return length > 0 && length <= MOST_WHOLE;
    }

    /** The head that has waited goes on, and what has come of its body. */
    private void begin(ChannelHandlerContext ctx, boolean withAll) {
        HttpResponse waiting = head;
        if (waiting != null) {
            head = null;
            whole = withAll;
            ctx.fireChannelRead(waiting);
            whole = false;
            for (Object part = parts.poll(); part != null; part = parts.poll()) {
                ctx.fireChannelRead(part);
            }
        }
    }

    private static boolean isSwitch(Object msg) {
        return msg instanceof HttpResponse response
                && response.decoderResult().isSuccess()
                && response.status().code() == 101;
    }

    private boolean fault(Object msg) {
        if (!(msg instanceof HttpObject part)) {
            return false;
        }
        if (part.decoderResult().isFailure()) {
            return true;
        }
        if (!(msg instanceof HttpResponse response)) {
            return false;
        }
        int status = response.status().code();
        interim = status < 200;
        return response.protocolVersion().majorVersion() != 1
                || status < 100
                || status > 999
                || status == 101
                || !isFraming(response)
                || (interim && ++interims > MOST_INTERIM);
    }

    /** The body is read by chunks or length alone, so any other coding would be lost. */
    private static boolean isFraming(HttpResponse response) {
        HttpHeaders headers = response.headers();
        if (!headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return true;
        }
        List<String> lines = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return lines.size() == 1
                && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(lines.get(0))
                && response.protocolVersion().minorVersion() > 0;
    }

    /** The response's end waits until it is known that nothing comes behind it. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        end(ctx);
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        end(ctx);
        ctx.fireChannelInactive();
    }

    private void end(ChannelHandlerContext ctx) throws Exception {
        begin(ctx, last != null);
        // Whoever took the head may have ended all of it.
        Object end = last;
        if (end == null) {
            return;
        }
        probe(ctx);
        last = null;
        expecting = false;
        boolean poisoned = more;
        more = false;
        if (poisoned) {
            Connection.from(ctx.channel()).markPersistent(false);
        }
        ctx.fireChannelRead(end);
        if (poisoned) {
            ctx.close();
        }
    }

    /** What the decoder holds of a next response, too short to be told from outside, comes out. */
    private void probe(ChannelHandlerContext ctx) throws Exception {
        ChannelHandlerContext codec = ctx.pipeline().context(HttpClientCodec.class);
        if (codec != null && !more && ctx.channel().isActive()) {
            probing = true;
            try {
                ((ChannelInboundHandler) codec.handler())
                        .channelRead(codec, EMPTY_LINES.duplicate());
            } finally {
                probing = false;
            }
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        head = null;
        parts.forEach(ReferenceCountUtil::release);
        parts.clear();
        if (last != null) {
            ReferenceCountUtil.release(last);
            last = null;
        }
    }
}
