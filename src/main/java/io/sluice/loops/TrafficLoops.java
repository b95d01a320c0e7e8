package io.sluice.loops;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.NonBlocking;
import reactor.netty.http.HttpResources;
import reactor.netty.resources.LoopResources;

/**
 * The event loops of Reactor Netty's HTTP server and client, and of the connections to Redis: as
 * Reactor Netty's own, but over {@link LazyEpoll}, and accepting on the same loops. Where there is
 * no epoll, or {@code reactor.netty.native} is off, Reactor Netty's own are left in place.
 * Thread-safe.
 */
public final class TrafficLoops implements LoopResources {

    private static final String NAME = "reactor-http-epoll-";

    private static @Nullable TrafficLoops installed;

    private final EventLoopGroup loops;
    private final LoopResources withoutEpoll;
    private final AtomicBoolean disposed = new AtomicBoolean();

    /**
     * @param count of loops, and so of threads
     */
    TrafficLoops(int count) {
        this.loops =
                LoopResources.colocate(
                        new MultiThreadIoEventLoopGroup(count, new Threads(), LazyEpoll.factory()));
        this.withoutEpoll = LoopResources.create("reactor-http", count, true);
    }

    /**
     * Puts these loops in the place of Reactor Netty's, where they can be and are not there. A
     * context that ends disposes them, so this comes before each start.
     */
    public static synchronized void install() {
        boolean there = installed != null && !installed.isDisposed();
        if (!there && LoopResources.DEFAULT_NATIVE && Epoll.isAvailable()) {
            installed = new TrafficLoops(LoopResources.DEFAULT_IO_WORKER_COUNT);
            HttpResources.set(installed);
        }
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
