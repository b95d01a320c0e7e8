package io.sluice.edge.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.sluice.edge.ConnectionPhases;
import io.sluice.edge.Cut;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * The first handler that sees a client's bytes in clear. It ends connections that owe a first byte
 * or a head for too long, or that do not take what they asked for, and lets one whose request is
 * refused half way read its answer before it is closed.
 */
final class ConnectionWatch extends WatchedHandler {

    static final String NAME = "sluice.connection";

    private static final long LINGER_NANOS = Duration.ofSeconds(2).toNanos();

    private final ConnectionPhases phases;
    private final ErrorBodies errors;
    private final WebSocketLimits webSockets;
    private boolean speaksHttp2;
    private boolean over;

    private @Nullable ChannelPromise closing;
    private long closingSince;

    private long stalledSince;
    private long pendingBytes;
    private long writeProgress;
    private int writeIdentity;

    ConnectionWatch(
            ClientLimits limits, WebSocketLimits webSockets, Rounds rounds, ErrorBodies errors) {
        super(limits, rounds);
        this.webSockets = webSockets;
        this.errors = errors;
        this.phases =
                new ConnectionPhases(limits.firstByteNanos(), limits.headNanos(), rounds.now());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (over || closing != null) {
            ReferenceCountUtil.release(msg);
            return;
        }
        if (!speaksHttp2) {
            phases.bytes(rounds.now());
            join(ctx.pipeline());
        }
        ctx.fireChannelRead(msg);
    }

    /** With TLS the protocol, and with it the rest of the pipeline, is known only now. */
    void join(ChannelPipeline pipeline) {
        if (pipeline.get(NettyPipeline.HttpTrafficHandler) != null
                && pipeline.get(ExchangeWatch.NAME) == null) {
            pipeline.addBefore(
                    NettyPipeline.HttpTrafficHandler,
                    ExchangeWatch.NAME,
                    new ExchangeWatch(phases, rounds, errors, this::switched));
        }
        Http2FrameCodec codec = pipeline.get(Http2FrameCodec.class);
        if (codec != null && !speaksHttp2) {
            speaksHttp2 = true;
            phases.leave(rounds.now());
            pipeline.addAfter(pipeline.context(codec).name(), StreamHeads.NAME, new StreamHeads());
            if (pipeline.get(FloodGuard.NAME) == null) {
                pipeline.addBefore(
                        pipeline.context(codec).name(),
                        FloodGuard.NAME,
                        new FloodGuard(limits, rounds));
            }
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SniCompletionEvent name) {
            ServerNames.asked(ctx.channel(), name);
        }
        ctx.fireUserEventTriggered(event);
    }

    private void switched(ChannelPipeline pipeline) {
        join(pipeline);
        webSockets.install(pipeline, limits.told());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (closing != null) {
            ctx.read();
        }
        ctx.fireChannelReadComplete();
    }

    /**
     * Closing with bytes unread resets the connection, and the client may then lose the answer that
     * tells it why. So our side ends first, and what still comes is dropped for a while.
     */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (closing != null) {
            ctx.close(promise);
        } else if (phases.bodyOpen() && !over && ctx.channel().isActive()) {
            closing = promise;
            closingSince = rounds.now();
            ctx.channel()
                    .closeFuture()
                    .addListener(
                            closed -> {
                                if (!promise.isVoid()) {
                                    promise.trySuccess();
                                }
                            });
            shutdownOutput(ctx.channel());
            ctx.read();
        } else {
            ctx.close(promise);
        }
    }

    private static void shutdownOutput(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else if (channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
    }

    @Override
    void look(ChannelHandlerContext ctx, long now) {
        if (over || closing != null) {
            if (now - closingSince > LINGER_NANOS) {
                end(ctx);
            }
            return;
        }
        ConnectionPhases.Phase phase = phases.phase();
        if (phases.left(now) <= 0) {
            limits.told()
                    .accept(phase == ConnectionPhases.Phase.FIRST_BYTE ? Cut.FIRST_BYTE : Cut.HEAD);
            if (phase == ConnectionPhases.Phase.HEAD) {
                answerAndEnd(ctx);
            } else {
                end(ctx);
            }
        } else if (stalls(ctx.channel(), now)) {
            limits.told().accept(Cut.WRITE);
            end(ctx);
        }
    }

    /** Whether bytes wait for the client, and none of them has moved for too long. */
    private boolean stalls(Channel channel, long now) {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        long pending = waiting == null ? 0 : waiting.totalPendingWriteBytes();
        if (waiting == null || pending == 0) {
            pendingBytes = 0;
            return false;
        }
        long progress = waiting.currentProgress();
        int identity = System.identityHashCode(waiting.current());
        if (pendingBytes == 0 || progress != writeProgress || identity != writeIdentity) {
            stalledSince = now;
        }
        pendingBytes = pending;
        writeProgress = progress;
        writeIdentity = identity;
        return now - stalledSince > limits.writeNanos();
    }

    private void answerAndEnd(ChannelHandlerContext ctx) {
        over = true;
        closingSince = rounds.now();
        byte[] body = errors.body(ClientLimits.SLOW_HEAD, null);
        String head =
                "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n"
                        + "Content-Type: application/problem+json\r\nCache-Control: no-store\r\n"
                        + "Content-Length: "
                        + body.length
                        + "\r\n\r\n";
        ctx.writeAndFlush(Unpooled.wrappedBuffer(head.getBytes(StandardCharsets.US_ASCII), body))
                .addListener(ChannelFutureListener.CLOSE);
    }

    private void end(ChannelHandlerContext ctx) {
        over = true;
        ctx.close();
    }
}
