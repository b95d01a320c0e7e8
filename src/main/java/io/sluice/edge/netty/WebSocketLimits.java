package io.sluice.edge.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocket08FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.sluice.edge.Cut;
import io.sluice.edge.FloodCount;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import reactor.netty.NettyPipeline;

/**
 * What either side of a WebSocket may send. Immutable.
 *
 * @param maxMessageBytes of one message, in however many frames
 * @param controlFrames most frames of no use in ten seconds
 * @param clock nanoseconds
 */
public record WebSocketLimits(int maxMessageBytes, int controlFrames, LongSupplier clock) {

    /**
     * Watches what this connection's other side sends, from the first frame on; does nothing where
     * no WebSocket is spoken.
     *
     * @param told is told of each cut
     */
    public void install(ChannelPipeline pipeline, Consumer<Cut> told) {
        // The decoder of today's version is a subclass of this one.
        ChannelHandlerContext decoder = pipeline.context(WebSocket08FrameDecoder.class);
        if (decoder == null || pipeline.get(WebSocketGuard.NAME) != null) {
            return;
        }
        FloodCount frames =
                new FloodCount(controlFrames, FloodGuard.WINDOW_NANOS, clock.getAsLong());
        pipeline.addAfter(
                decoder.name(),
                WebSocketGuard.NAME,
                new WebSocketGuard(maxMessageBytes, frames, clock, told));
        // Spring adds one under this name when it begins to read, and has lost a first fragment
        // that came before.
        if (pipeline.get(NettyPipeline.WsFrameAggregator) == null) {
            pipeline.addAfter(
                    WebSocketGuard.NAME,
                    NettyPipeline.WsFrameAggregator,
                    new WholeMessages(maxMessageBytes));
        }
    }

    /** A client that leaves amid a message is no error: the end of the connection says it all. */
    private static final class WholeMessages extends WebSocketFrameAggregator {

        WholeMessages(int maxBytes) {
            super(maxBytes);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            // What has been put together so far is released when the handler is removed.
            ctx.fireChannelInactive();
        }
    }
}
