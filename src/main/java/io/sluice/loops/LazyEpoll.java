package io.sluice.loops;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;

/**
 * Netty's epoll, told late of what a channel does not want to read. Reactor Netty stops reading
 * from a connection while a request is under way on it and begins again when it has ended: two
 * system calls on each side of each request, although next to nobody sends anything meanwhile. Here
 * the kernel goes on watching; only if something does come while the channel does not read, it is
 * told, and the channel hears of it when it reads again, as epoll reports by level.
 *
 * <p>Nothing else differs: what a channel wants to hear of more is registered at once, and an event
 * that it does not want never reaches it. For one event loop, as the handler that it wraps.
 */
final class LazyEpoll implements IoHandler {

    private static final int READ = EpollIoOps.EPOLLIN.value();

    private final IoHandler epoll;

    /**
     * @param epoll what tells the kernel
     */
    LazyEpoll(IoHandler epoll) {
        this.epoll = epoll;
    }

    static IoHandlerFactory factory() {
        IoHandlerFactory plain = EpollIoHandler.newFactory();
        return executor -> new LazyEpoll(plain.newHandler(executor));
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        if (handle instanceof EpollIoHandle socket) {
            return Watched.in(epoll, socket);
        }
        return epoll.register(handle);
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
        return epoll.isCompatible(type);
    }

    /** A channel's handle towards epoll, and epoll's registration towards the channel. */
    private static final class Watched implements EpollIoHandle, IoRegistration {

        private final EpollIoHandle channel;
        private IoRegistration kernel = Unregistered.INSTANCE;

        /** What the channel wants to hear of. */
        private int wanted;

        /** What the kernel was told to report. */
        private int reported;

        private Watched(EpollIoHandle channel) {
            this.channel = channel;
        }

        static Watched in(IoHandler epoll, EpollIoHandle channel) throws Exception {
            Watched watched = new Watched(channel);
            watched.kernel = epoll.register(watched);
            return watched;
        }

        @Override
        public long submit(IoOps ops) {
            wanted = ((EpollIoOps) ops).value();
            boolean covered = wanted != 0 && reported == (wanted | READ);
            return covered ? wanted : tell();
        }

        private long tell() {
            long told = kernel.submit(EpollIoOps.valueOf(wanted));
            reported = wanted;
            return told;
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            int ops = ((EpollIoEvent) event).ops().value();
            if ((ops & READ & ~wanted) == 0) {
                channel.handle(this, event);
                return;
            }
            if (reported != wanted) {
                tell();
            }
            EpollIoOps rest = EpollIoOps.valueOf(ops & ~READ);
            if (rest.value() != 0) {
                EpollIoEvent others = () -> rest;
                channel.handle(this, others);
            }
        }

        @Override
        public <T> T attachment() {
            return kernel.attachment();
        }

        @Override
        public boolean isValid() {
            return kernel.isValid();
        }

        @Override
        public boolean cancel() {
            return kernel.cancel();
        }

        @Override
        public FileDescriptor fd() {
            return channel.fd();
        }

        @Override
        public void registered() {
            channel.registered();
        }

        @Override
        public void unregistered() {
            channel.unregistered();
        }

        @Override
        public void close() throws Exception {
            channel.close();
        }
    }

    /** Until epoll has answered. */
    private enum Unregistered implements IoRegistration {
        INSTANCE;

        @Override
        public <T> T attachment() {
            throw new IllegalStateException("not registered yet");
        }

        @Override
        public long submit(IoOps ops) {
            return -1;
        }

        @Override
        public boolean isValid() {
            return false;
        }

        @Override
        public boolean cancel() {
            return false;
        }
    }
}
