package io.sluice.proxy.spring;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ByteProcessor;
import io.netty.util.ReferenceCountUtil;
import io.sluice.proxy.HeadSyntax;

/**
 * Ends a connection whose response has lines in its head that are no headers. Stands before the
 * codec, which reads something into them; bodies pass it unread.
 */
final class ResponseHeads extends ChannelInboundHandlerAdapter {

    static final String NAME = "sluice.response-head";

    private final HeadSyntax head = new HeadSyntax();
    private final ByteProcessor reader = head::next;

    /** A request has been sent: what comes next is the head of its response. */
    void expect() {
        head.begin();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (head.reading() && msg instanceof ByteBuf bytes) {
            bytes.forEachByte(reader);
            if (head.broken()) {
                bytes.release();
                ctx.fireExceptionCaught(new BadResponseException());
                ctx.close();
                return;
            }
        }
        if (head.broken()) {
            ReferenceCountUtil.release(msg);
        } else {
            ctx.fireChannelRead(msg);
        }
    }
}
