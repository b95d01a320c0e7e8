package io.sluice.ratelimit.redis;

import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;

/**
 * Sends in one system call what waits to be sent, where Lettuce would make one per command. Nothing
 * waits for more to come: what the event loop has at hand goes out together.
 */
final class FewerFlushes implements NettyCustomizer {

    private static final int MOST = 256;

    @Override
    public void afterChannelInitialized(Channel channel) {
        channel.pipeline().addFirst(new FlushConsolidationHandler(MOST, true));
    }
}
