package io.sluice.edge.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resets a stream of HTTP/2 whose request lacks its method, scheme or path (RFC 9113 section
 * 8.3.1). Without it such a stream is answered by nothing and stays.
 */
final class StreamHeads extends ChannelInboundHandlerAdapter {

    static final String NAME = "sluice.heads";

    private static final Logger LOG = LoggerFactory.getLogger(StreamHeads.class);

    private int lastStream;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        // A stream's second head is its trailers.
        if (msg instanceof Http2HeadersFrame frame && frame.stream().id() > lastStream) {
            lastStream = frame.stream().id();
            if (lacksRequest(frame.headers())) {
                ctx.writeAndFlush(
                        new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR)
                                .stream(frame.stream()));
                return;
            }
        }
        ctx.fireChannelRead(msg);
    }

    /** The codec has answered it with GOAWAY; there is nothing left to do, and nothing to log. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Http2Exception) {
            LOG.debug("A connection of HTTP/2 has broken: {}", cause.getMessage());
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    private static boolean lacksRequest(Http2Headers head) {
        CharSequence method = head.method();
        if (method == null) {
            return true;
        }
        boolean connect = HttpMethod.CONNECT.asciiName().contentEquals(method);
        return !connect && (head.scheme() == null || head.path() == null);
    }
}
