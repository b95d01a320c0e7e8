package io.sluice.ratelimit.redis;

import io.lettuce.core.resource.EventLoopGroupProvider;
import io.lettuce.core.resource.Transports;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.TimeUnit;
import reactor.netty.http.HttpResources;
import reactor.netty.resources.LoopResources;

/**
 * Gives Lettuce the event loops of the traffic in place of threads of its own, so that a decision
 * of a request that was read on the connection's loop needs no other thread to be woken, and this
 * one's to be woken again. They are nobody's to shut down here. Lettuce chooses by itself whether
 * its sockets are epoll's; it is given loops of that kind. Stateless.
 */
final class SharedLoops implements EventLoopGroupProvider {

    @Override
    @SuppressWarnings("unchecked")
    public <T extends EventLoopGroup> T allocate(Class<T> type) {
        return (T) HttpResources.get().onClient(nativeSockets());
    }

    /** Whether Lettuce's sockets are the operating system's own, and not the JDK's. */
    static boolean nativeSockets() {
        return Transports.socketChannelClass() != NioSocketChannel.class;
    }

    @Override
    public int threadPoolSize() {
        return LoopResources.DEFAULT_IO_WORKER_COUNT;
    }

    @Override
    public Future<Boolean> release(
            EventExecutorGroup group, long quietPeriod, long timeout, TimeUnit unit) {
        return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
    }

    @Override
    public Future<Boolean> shutdown(long quietPeriod, long timeout, TimeUnit unit) {
        return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
    }
}
