package io.sluice.loops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the kernel is told, and what the channel hears. */
class LazyEpollTest {

    private static EpollIoOps IN;
    private static EpollIoOps OUT;
    private static EpollIoOps HANG_UP;
    private static EpollIoOps READING;

    private final Kernel kernel = new Kernel();
    private final Socket socket = new Socket();
    private IoRegistration registration;

    /** The names are the kernel's; without epoll they cannot be asked for. */
    @BeforeAll
    static void names() {
        assumeTrue(Epoll.isAvailable(), "there is no epoll on this machine");
        IN = EpollIoOps.EPOLLIN;
        OUT = EpollIoOps.EPOLLOUT;
        HANG_UP = EpollIoOps.EPOLLRDHUP;
        READING = IN.with(HANG_UP);
    }

    @BeforeEach
    void register() throws Exception {
        registration = new LazyEpoll(kernel).register(socket);
        registration.submit(READING);
        kernel.told.clear();
    }

    @Test
    void submit_readingStops_kernelIsNotTold() {
        registration.submit(HANG_UP);
        assertThat(kernel.told).isEmpty();
    }

    @Test
    void submit_readingStopsAndBegins_kernelIsNotTold() {
        registration.submit(HANG_UP);
        registration.submit(READING);
        assertThat(kernel.told).isEmpty();
        kernel.report(IN);
        assertThat(socket.heard).containsExactly(IN);
    }

    @Test
    void handle_dataWhileNotReading_isHeldBackAndKernelToldOnce() {
        registration.submit(HANG_UP);
        kernel.report(IN);
        assertThat(socket.heard).isEmpty();
        assertThat(kernel.told).containsExactly(HANG_UP);
    }

    @Test
    void submit_readingBeginsAfterData_kernelIsTold() {
        registration.submit(HANG_UP);
        kernel.report(IN);
        kernel.told.clear();
        registration.submit(READING);
        assertThat(kernel.told).containsExactly(READING);
    }

    @Test
    void handle_endWhileNotReading_isHeardWithoutTheData() {
        registration.submit(HANG_UP);
        kernel.report(IN.with(HANG_UP));
        assertThat(socket.heard).containsExactly(HANG_UP);
    }

    @Test
    void handle_errorWhileNotReading_isHeard() {
        registration.submit(HANG_UP);
        kernel.report(IN.with(EpollIoOps.EPOLLERR));
        assertThat(socket.heard).containsExactly(EpollIoOps.EPOLLERR);
    }

    @Test
    void handle_whileReading_isPassedOnAsItIs() {
        EpollIoOps all = IN.with(OUT).with(HANG_UP);
        kernel.report(all);
        assertThat(socket.heard).containsExactly(all);
    }

    @Test
    void submit_writingBeginsAndEnds_kernelIsToldAtOnce() {
        registration.submit(READING.with(OUT));
        registration.submit(READING);
        assertThat(kernel.told).containsExactly(READING.with(OUT), READING);
    }

    @Test
    void submit_writingBeginsWhileNotReading_kernelIsToldBoth() {
        registration.submit(HANG_UP);
        registration.submit(HANG_UP.with(OUT));
        assertThat(kernel.told).containsExactly(HANG_UP.with(OUT));
    }

    @Test
    void handle_staleEventAfterNothing_kernelIsToldNoMore() {
        registration.submit(EpollIoOps.NONE);
        kernel.told.clear();
        kernel.report(IN);
        assertThat(kernel.told).isEmpty();
        assertThat(socket.heard).isEmpty();
    }

    @Test
    void submit_nothing_kernelIsTold() {
        registration.submit(EpollIoOps.NONE);
        assertThat(kernel.told).containsExactly(EpollIoOps.NONE);
    }

    @Test
    void submit_readingBeginsAfterNothing_kernelIsTold() {
        registration.submit(EpollIoOps.NONE);
        kernel.told.clear();
        registration.submit(READING);
        assertThat(kernel.told).containsExactly(READING);
    }

    @Test
    void cancel_endsTheRegistration() {
        assertThat(registration.isValid()).isTrue();
        assertThat(registration.cancel()).isTrue();
        assertThat(registration.isValid()).isFalse();
    }

    /** Takes one registration and keeps what it is told. */
    private static final class Kernel implements IoHandler, IoRegistration {

        private final List<EpollIoOps> told = new ArrayList<>();
        private IoHandle watched;
        private boolean valid = true;

        void report(EpollIoOps ops) {
            EpollIoEvent event = () -> ops;
            watched.handle(this, event);
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            watched = handle;
            return this;
        }

        @Override
        public long submit(IoOps ops) {
            told.add((EpollIoOps) ops);
            return ((EpollIoOps) ops).value();
        }

        @Override
        public int run(IoHandlerContext context) {
            return 0;
        }

        @Override
        public void wakeup() {}

        @Override
        public boolean isCompatible(Class<? extends IoHandle> type) {
            return true;
        }

        @Override
        public <T> T attachment() {
            return null;
        }

        @Override
        public boolean isValid() {
            return valid;
        }

        @Override
        public boolean cancel() {
            valid = false;
            return true;
        }
    }

    private static final class Socket implements EpollIoHandle {

        private final List<EpollIoOps> heard = new ArrayList<>();

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            heard.add(((EpollIoEvent) event).ops());
        }

        @Override
        public FileDescriptor fd() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
