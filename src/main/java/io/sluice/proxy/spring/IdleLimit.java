package io.sluice.proxy.spring;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.handler.timeout.ReadTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Ends a response whose upstream has been silent for too long. A pause that the client makes is not
 * the upstream's: while nobody asks for more, reading is off and the time does not count.
 */
final class IdleLimit extends IdleStateHandler {

    private boolean ended;

    IdleLimit(Duration limit) {
        super(limit.toMillis(), 0, 0, TimeUnit.MILLISECONDS);
    }

    @Override
    protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
        if (!ended && context.channel().config().isAutoRead()) {
            ended = true;
            context.fireExceptionCaught(ReadTimeoutException.INSTANCE);
            context.close();
        }
    }
}
