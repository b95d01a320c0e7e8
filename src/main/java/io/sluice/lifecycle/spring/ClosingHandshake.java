package io.sluice.lifecycle.spring;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.NettyPipeline;

/**
 * Ends a WebSocket as RFC 6455 section 7.1.1 wants it: the close frame, the peer's answer to it,
 * then the connection. Reactor Netty's own close shuts the connection right behind the frame, and a
 * peer that sees both at once may report an abnormal end (1006).
 *
 * <p>From the close frame on nothing else is written. What the peer still sends before its own
 * close frame passes. Each method runs on the channel's event loop.
 */
final class ClosingHandshake extends ChannelDuplexHandler {

    private final WebSocketCloseStatus status;
    private final Duration patience;
    private final MonoSink<Void> done;
    private boolean sent;

    private ClosingHandshake(WebSocketCloseStatus status, Duration patience, MonoSink<Void> done) {
        this.status = status;
        this.patience = patience;
        this.done = done;
    }

    /**
     * Completes, and closes the channel: after the peer's answer, or without one after {@code
     * patience}. Does nothing on a channel whose WebSocket has gone already. Never fails.
     */
    static Mono<Void> on(Channel channel, WebSocketCloseStatus status, Duration patience) {
        return Mono.create(
                sink -> {
                    ClosingHandshake handshake = new ClosingHandshake(status, patience, sink);
                    channel.closeFuture().addListener(closed -> sink.success());
                    channel.eventLoop().execute(() -> handshake.join(channel.pipeline()));
                });
    }

    private void join(ChannelPipeline pipeline) {
        try {
            pipeline.addBefore(NettyPipeline.ReactiveBridge, null, this);
        } catch (NoSuchElementException gone) {
            done.success();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        context.writeAndFlush(new CloseWebSocketFrame(status));
        sent = true;
        context.read();
        context.executor()
                .schedule(() -> giveUp(context), patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void giveUp(ChannelHandlerContext context) {
        if (context.channel().isActive()) {
            end(context, new CloseWebSocketFrame(status));
        }
    }

    /** The session learns first how it ended: what it tells the other side depends on that. */
    private void end(ChannelHandlerContext context, CloseWebSocketFrame close) {
        context.fireChannelRead(close);
        done.success();
        context.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof CloseWebSocketFrame close) {
            end(context, close);
        } else {
            context.fireChannelRead(message);
            context.read();
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (sent) {
            ReferenceCountUtil.release(message);
            promise.trySuccess();
        } else {
            context.write(message, promise);
        }
    }
}
