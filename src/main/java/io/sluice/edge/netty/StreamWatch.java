package io.sluice.edge.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.sluice.edge.Cut;

/**
 * Resets a stream of HTTP/2 that is malformed, or whose client opens no window for what waits to be
 * sent. The connection may be busy all the while, so {@link ConnectionWatch} cannot tell.
 */
final class StreamWatch extends WatchedHandler {

    static final String NAME = "sluice.stream";

    private static final int PIECE_BYTES = 64 * 1024;

    private int waiting;
    private long since;

    StreamWatch(ClientLimits limits, Rounds rounds) {
        super(limits, rounds);
    }

    /** In pieces, as a write tells of its progress only when the client has let all of it out. */
    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (!(msg instanceof HttpContent content)
                || content.content().readableBytes() <= PIECE_BYTES) {
            watched(ctx, msg, promise);
        } else if (msg instanceof FullHttpResponse full) {
            watched(
                    ctx,
                    new DefaultHttpResponse(full.protocolVersion(), full.status(), full.headers()),
                    ctx.newPromise());
            pieces(ctx, full.content());
            watched(
                    ctx,
                    new DefaultLastHttpContent(full.content(), full.trailingHeaders()),
                    promise);
        } else {
            pieces(ctx, content.content());
            watched(ctx, msg, promise);
        }
    }

    /** All but the last piece, which stays in the buffer. */
    private void pieces(ChannelHandlerContext ctx, ByteBuf bytes) {
        while (bytes.readableBytes() > PIECE_BYTES) {
            watched(
                    ctx,
                    new DefaultHttpContent(bytes.readRetainedSlice(PIECE_BYTES)),
                    ctx.newPromise());
        }
    }

    private void watched(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (waiting++ == 0) {
            since = rounds.now();
        }
        ctx.write(msg, promise.unvoid().addListener(written -> progress()));
    }

    private void progress() {
        waiting--;
        since = rounds.now();
    }

    /** A malformed stream is reset, as if its client had done so; the connection goes on. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Http2Exception fault) {
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(fault.error()))
                    .addListener(ChannelFutureListener.CLOSE);
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    @Override
    void look(ChannelHandlerContext ctx, long now) {
        if (waiting > 0 && now - since > limits.writeNanos()) {
            waiting = 0;
            limits.told().accept(Cut.WRITE);
            ctx.close();
        }
    }
}
