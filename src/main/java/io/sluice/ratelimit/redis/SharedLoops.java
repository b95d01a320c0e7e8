package io.sluice.ratelimit.redis;

import io.lettuce.core.resource.EventLoopGroupProvider;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.sluice.loops.TrafficLoops;
import java.util.concurrent.TimeUnit;
import reactor.netty.resources.LoopResources;

/**
 * Gives Lettuce the event loops of the traffic in place of threads of its own, so that a decision
 * of a request that was read on the connection's loop needs no other thread to be woken, and this
 * one's to be woken again. They are nobody's to shut down here. Stateless.
 */
final class SharedLoops implements EventLoopGroupProvider {

    @Override
    @SuppressWarnings("unchecked")
    public <T extends EventLoopGroup> T allocate(Class<T> type) {
        return (T) TrafficLoops.current();
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
