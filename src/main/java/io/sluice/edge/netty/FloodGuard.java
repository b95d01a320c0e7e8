package io.sluice.edge.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.ReferenceCountUtil;
import io.sluice.edge.Cut;
import io.sluice.edge.Http2Flood;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Ends a connection of HTTP/2 that floods, with GOAWAY (ENHANCE_YOUR_CALM), or that leaves a frame
 * or a block of headers half sent. It stands before the codec and sees the frames as bytes.
 */
final class FloodGuard extends WatchedHandler {

    static final String NAME = "sluice.flood";

    static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();

    private final Http2Flood flood;
    private long owesSince;
    private boolean begun;
    private boolean over;

    FloodGuard(ClientLimits limits, Rounds rounds) {
        super(limits, rounds);
        this.flood = new Http2Flood(limits.controlFrames(), WINDOW_NANOS, rounds.now());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (over) {
            ReferenceCountUtil.release(msg);
            return;
        }
        if (msg instanceof ByteBuf bytes && floods(bytes)) {
            bytes.release();
            end(ctx, Cut.FLOOD);
            return;
        }
        if (flood.foreign()) {
            // The connection speaks HTTP/1.1 after all, at least to begin with.
            ctx.fireChannelRead(msg);
            ctx.pipeline().remove(this);
            return;
        }
        ctx.fireChannelRead(msg);
    }

    private boolean floods(ByteBuf bytes) {
        long now = rounds.now();
        boolean owed = begun && flood.owes();
        begun = true;
        boolean floods = false;
        for (ByteBuffer part : bytes.nioBuffers()) {
            floods |= flood.floods(part, now);
        }
        if (!owed && flood.owes()) {
            owesSince = now;
        }
        return floods && !flood.foreign();
    }

    @Override
    void look(ChannelHandlerContext ctx, long now) {
        if (begun && !over && flood.owes() && now - owesSince > limits.headNanos()) {
            end(ctx, Cut.HEAD);
        }
    }

    private void end(ChannelHandlerContext ctx, Cut cut) {
        over = true;
        limits.told().accept(cut);
        ctx.channel()
                .writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.ENHANCE_YOUR_CALM))
                .addListener(ChannelFutureListener.CLOSE);
    }
}
