package io.sluice.edge.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.sluice.edge.Cut;
import io.sluice.edge.FloodCount;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a WebSocket whose other side breaks the protocol (RFC 6455), sends a message that is too
 * long in one frame or in many, or floods with frames that only cost. Stands behind the decoder of
 * frames, which checks all that can be told of one frame.
 */
final class WebSocketGuard extends ChannelInboundHandlerAdapter {

    static final String NAME = "sluice.websocket";

    private static final Logger LOG = LoggerFactory.getLogger(WebSocketGuard.class);

    private final int maxMessageBytes;
    private final FloodCount frames;
    private final LongSupplier clock;
    private final Consumer<Cut> told;
    private long messageBytes;
    private boolean over;

    WebSocketGuard(int maxMessageBytes, FloodCount frames, LongSupplier clock, Consumer<Cut> told) {
        this.maxMessageBytes = maxMessageBytes;
        this.frames = frames;
        this.clock = clock;
        this.told = told;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (over) {
            ReferenceCountUtil.release(msg);
            return;
        }
        WebSocketCloseStatus fault = msg instanceof WebSocketFrame frame ? fault(frame) : null;
        if (fault == null) {
            ctx.fireChannelRead(msg);
            return;
        }
        ReferenceCountUtil.release(msg);
        over = true;
        tell(fault);
        ctx.writeAndFlush(new CloseWebSocketFrame(fault)).addListener(ChannelFutureListener.CLOSE);
    }

    private @Nullable WebSocketCloseStatus fault(WebSocketFrame frame) {
        if (frame.rsv() != 0) {
            // No extension is ever agreed on, compression included.
            return WebSocketCloseStatus.PROTOCOL_ERROR;
        }
        if (frame instanceof CloseWebSocketFrame) {
            return null;
        }
        frames.at(clock.getAsLong());
        ByteBuf payload = frame.content();
        if (frame instanceof PingWebSocketFrame || frame instanceof PongWebSocketFrame) {
            frames.count(false);
        } else {
            frames.count(payload.isReadable() || frame.isFinalFragment());
            messageBytes =
                    payload.readableBytes()
                            + (frame instanceof ContinuationWebSocketFrame ? messageBytes : 0);
        }
        if (messageBytes > maxMessageBytes) {
            return WebSocketCloseStatus.MESSAGE_TOO_BIG;
        }
        return frames.floods() ? WebSocketCloseStatus.POLICY_VIOLATION : null;
    }

    /** The decoder has said why, and closes; a stack would only fill the log. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof CorruptedWebSocketFrameException fault) {
            over = true;
            tell(fault.closeStatus());
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    private void tell(WebSocketCloseStatus fault) {
        LOG.debug("A WebSocket was ended with {}", fault);
        if (fault.equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)) {
            told.accept(Cut.SIZE);
        } else if (fault.equals(WebSocketCloseStatus.POLICY_VIOLATION)) {
            told.accept(Cut.FLOOD);
        }
    }
}
