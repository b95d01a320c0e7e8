package io.sluice.edge.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.sluice.edge.ConnectionPhases;
import io.sluice.problem.Problem;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells {@link ConnectionPhases} where requests and responses of HTTP/1.1 begin and end, and gives
 * a body to the bare answers of the codec to what it cannot read.
 */
final class ExchangeWatch extends ChannelDuplexHandler {

    static final String NAME = "sluice.exchange";

    private final ConnectionPhases phases;
    private final Rounds rounds;
    private final ErrorBodies errors;
    private final Consumer<ChannelPipeline> protocolChanged;
    private boolean unreadable;
    private boolean interim;
    private @Nullable String path;

    ExchangeWatch(
            ConnectionPhases phases,
            Rounds rounds,
            ErrorBodies errors,
            Consumer<ChannelPipeline> protocolChanged) {
        this.phases = phases;
        this.rounds = rounds;
        this.errors = errors;
        this.protocolChanged = protocolChanged;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof HttpObject part) {
            if (part.decoderResult().isFailure()) {
                unreadable = true;
                path = part instanceof HttpRequest request ? pathOf(request.uri()) : null;
            }
            if (part instanceof HttpRequest) {
                phases.head(rounds.now());
            }
            if (part instanceof LastHttpContent && !unreadable) {
                phases.bodyEnd(rounds.now());
            }
        }
        ctx.fireChannelRead(msg);
    }

    /** A target that was not understood is the codec's own name for it, and no path. */
    private static @Nullable String pathOf(String uri) {
        int query = uri.indexOf('?');
        String path = query < 0 ? uri : uri.substring(0, query);
        return path.startsWith("/") && !path.equals("/bad-request") ? path : null;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        // An upgrade to HTTP/2 has changed the pipeline before the first frame is read.
        protocolChanged.accept(ctx.pipeline());
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        Object out = msg;
        if (msg instanceof HttpResponse response) {
            interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
                phases.leave(rounds.now());
                protocolChanged.accept(ctx.pipeline());
            } else if (unreadable && response instanceof FullHttpResponse bare) {
                out = explained(bare);
            }
        }
        if (msg instanceof LastHttpContent && !interim) {
            phases.responseEnd(rounds.now());
        }
        ctx.write(out, promise);
    }

    private FullHttpResponse explained(FullHttpResponse bare) {
        if (bare.content().isReadable() || bare.status().code() < 400) {
            return bare;
        }
        Problem problem = ErrorBodies.ofCodec(bare.status().code());
        byte[] body = errors.body(problem, path);
        FullHttpResponse full =
                new DefaultFullHttpResponse(
                        bare.protocolVersion(), bare.status(), Unpooled.wrappedBuffer(body));
        full.headers()
                .set(bare.headers())
                .set(HttpHeaderNames.CONTENT_TYPE, "application/problem+json")
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        bare.release();
        return full;
    }
}
