package io.sluice.loops;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.NonBlocking;
import reactor.netty.http.HttpResources;
import reactor.netty.resources.LoopResources;

/**
 * The event loops of everything that is Reactor Netty's, and of the connections to Redis: as its
 * own, but over {@link LazyEpoll}. Where there is no epoll, or {@code reactor.netty.native} is off,
 * Reactor Netty's own loops are left in place. Thread-safe.
 */
public final class TrafficLoops implements LoopResources {

    private static final String NAME = "reactor-http-epoll-";

    private final EventLoopGroup loops;
    private final LoopResources withoutEpoll;
    private final AtomicBoolean disposed = new AtomicBoolean();

    /**
     * @param count of loops, and so of threads
     */
    TrafficLoops(int count) {
        this.loops = LoopResources.colocate(new LazyLoops(count, new Threads()));
        this.withoutEpoll = LoopResources.create("reactor-http", count, true);
    }

    /** Puts these loops in the place of Reactor Netty's, where they can be. */
    public static void install() {
        if (LoopResources.DEFAULT_NATIVE && Epoll.isAvailable()) {
            HttpResources.set(new TrafficLoops(LoopResources.DEFAULT_IO_WORKER_COUNT));
        }
    }

    /** The loops that connections are served by now, whoever made them. */
    public static EventLoopGroup current() {
        return HttpResources.get().onClient(LoopResources.DEFAULT_NATIVE);
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return useNative ? loops : withoutEpoll.onServer(false);
    }

    @Override
    public EventLoopGroup onServerSelect(boolean useNative) {
        return useNative ? loops : withoutEpoll.onServerSelect(false);
    }

    @Override
    public EventLoopGroup onClient(boolean useNative) {
        return useNative ? loops : withoutEpoll.onClient(false);
    }

    @Override
    public boolean daemon() {
        return true;
    }

    @Override
    public boolean isDisposed() {
        return disposed.get();
    }

    @Override
    public void dispose() {
        disposeLater().subscribe();
    }

    @Override
    public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
        return Mono.defer(
                () -> {
                    if (!disposed.compareAndSet(false, true)) {
                        return ended();
                    }
                    loops.shutdownGracefully(
                            quietPeriod.toMillis(), timeout.toMillis(), TimeUnit.MILLISECONDS);
                    return ended().and(withoutEpoll.disposeLater(quietPeriod, timeout));
                });
    }

    private Mono<Void> ended() {
        return Mono.create(sink -> loops.terminationFuture().addListener(future -> sink.success()));
    }

    /** Loops of a class that says it is epoll's, for who picks a channel's class by it. */
    private static final class LazyLoops extends MultiThreadIoEventLoopGroup {

        LazyLoops(int count, ThreadFactory threads) {
            super(count, threads, LazyEpoll.factory());
        }

        @Override
        protected IoEventLoop newChild(
                Executor executor, IoHandlerFactory handlers, Object... arguments) {
            return new SingleThreadIoEventLoop(this, executor, handlers) {
                @Override
                public boolean isIoType(Class<? extends IoHandler> type) {
                    return type == EpollIoHandler.class || super.isIoType(type);
                }
            };
        }
    }

    private static final class Threads implements ThreadFactory {

        private final AtomicInteger made = new AtomicInteger();

        @Override
        public Thread newThread(Runnable loop) {
            return new LoopThread(loop, NAME + made.incrementAndGet());
        }
    }

    /** One that Reactor lets nobody block on. */
    private static final class LoopThread extends FastThreadLocalThread implements NonBlocking {

        LoopThread(Runnable loop, String name) {
            super(null, loop, name);
            setDaemon(true);
        }
    }
}
