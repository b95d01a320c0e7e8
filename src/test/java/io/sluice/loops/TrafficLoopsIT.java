package io.sluice.loops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.sluice.it.Together;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.NonBlocking;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

/** The loops with real sockets. */
@Together
class TrafficLoopsIT {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static TrafficLoops loops;

    @BeforeAll
    static void start() {
        assumeTrue(Epoll.isAvailable(), "there is no epoll on this machine");
        loops = new TrafficLoops(2);
    }

    @AfterAll
    static void stop() {
        if (loops != null) {
            loops.disposeLater(Duration.ZERO, LIMIT).block(LIMIT);
            assertThat(loops.isDisposed()).isTrue();
            assertThat(loops.onServer(true).isTerminated()).isTrue();
        }
    }

    @Test
    void channels_areThoseOfEpoll() {
        EventLoopGroup group = loops.onServer(true);
        assertThat(loops.onChannelClass(io.netty.channel.socket.SocketChannel.class, group))
                .isEqualTo(EpollSocketChannel.class);
        assertThat(loops.onChannelClass(io.netty.channel.socket.ServerSocketChannel.class, group))
                .isEqualTo(EpollServerSocketChannel.class);
    }

    @Test
    void threads_areOnesThatNobodyMayBlockOn() throws Exception {
        Thread thread =
                loops.onClient(true).submit(Thread::currentThread).get(20, TimeUnit.SECONDS);
        assertThat(thread).isInstanceOf(NonBlocking.class);
        assertThat(thread.getName()).startsWith("reactor-http-epoll-");
        assertThat(thread.isDaemon()).isTrue();
    }

    @Test
    void withoutEpoll_otherLoopsServe() throws Exception {
        Thread thread =
                loops.onServer(false).submit(Thread::currentThread).get(20, TimeUnit.SECONDS);
        assertThat(thread.getName()).startsWith("reactor-http-nio");
    }

    private static Channel listen(ChannelInboundHandlerAdapter reader) throws Exception {
        return new ServerBootstrap()
                .group(loops.onServer(true))
                .channel(EpollServerSocketChannel.class)
                .childHandler(reader)
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
    }

    /** A reader that stops and begins at random sees every byte, in order, and the end. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void bytes_toAReaderThatPauses_arriveWhole(long seed) throws Exception {
        System.out.println("TrafficLoopsIT seed " + seed);
        CompletableFuture<byte[]> received = new CompletableFuture<>();
        Channel server = listen(new PausingReader(seed, received));
        byte[] sent = new byte[1 << 20];
        new Random(seed).nextBytes(sent);
        try (Socket client = new Socket()) {
            client.connect(server.localAddress());
            OutputStream out = client.getOutputStream();
            Random sizes = new Random(seed);
            for (int at = 0; at < sent.length; ) {
                int size = Math.min(sent.length - at, 1 + sizes.nextInt(40_000));
                out.write(sent, at, size);
                at += size;
            }
        }
        assertThat(received.get(20, TimeUnit.SECONDS)).isEqualTo(sent);
        server.close().sync();
    }

    /**
     * A client that ends, in order or not, while nobody reads: what it sent and its end are seen.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void end_whileNotReading_isSeenWhenReadingBegins(boolean abort) throws Exception {
        CompletableFuture<byte[]> received = new CompletableFuture<>();
        CompletableFuture<Channel> paused = new CompletableFuture<>();
        Channel server = listen(new PausedAtFirst(paused, received));
        try (Socket client = new Socket()) {
            client.connect(server.localAddress());
            client.getOutputStream().write(1);
            Channel connection = paused.get(20, TimeUnit.SECONDS);
            client.getOutputStream().write(new byte[] {2, 3});
            client.setSoLinger(abort, 0);
            client.close();
            connection.eventLoop().execute(() -> connection.config().setAutoRead(true));
        }
        byte[] seen = received.get(20, TimeUnit.SECONDS);
        assertThat(seen).startsWith(1);
        if (!abort) {
            assertThat(seen).containsExactly(1, 2, 3);
        }
        server.close().sync();
    }

    /** Requests one after the other, with bodies, on kept connections through both sides. */
    @Test
    void requests_onKeptConnections_areAnswered() {
        DisposableServer server =
                HttpServer.create()
                        .runOn(loops)
                        .host("127.0.0.1")
                        .port(0)
                        .handle((request, response) -> response.send(request.receive().retain()))
                        .bindNow();
        HttpClient client = HttpClient.create().runOn(loops).port(server.port()).host("127.0.0.1");
        Flux.range(0, 2_000)
                .flatMap(
                        number ->
                                client.post()
                                        .uri("/")
                                        .send(
                                                (request, out) ->
                                                        out.sendString(Flux.just("n", "" + number)))
                                        .responseContent()
                                        .aggregate()
                                        .asString()
                                        .doOnNext(s -> assertThat(s).isEqualTo("n" + number)),
                        32)
                .blockLast(LIMIT);
        server.disposeNow();
    }

    /** Stops reading at the first bytes. */
    private static final class PausedAtFirst extends ChannelInboundHandlerAdapter {

        private final CompletableFuture<Channel> paused;
        private final CompletableFuture<byte[]> received;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        PausedAtFirst(CompletableFuture<Channel> paused, CompletableFuture<byte[]> received) {
            this.paused = paused;
            this.received = received;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            ByteBuf part = (ByteBuf) message;
            part.readBytes(bytes, part.readableBytes());
            part.release();
            if (!paused.isDone()) {
                context.channel().config().setAutoRead(false);
                paused.complete(context.channel());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable reset) {
            context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            received.complete(bytes.toByteArray());
        }
    }

    /** Reads, and now and then not, until its client has gone. */
    private static final class PausingReader extends ChannelInboundHandlerAdapter {

        private final Random random;
        private final CompletableFuture<byte[]> received;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        PausingReader(long seed, CompletableFuture<byte[]> received) {
            this.random = new Random(seed);
            this.received = received;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            ByteBuf part = (ByteBuf) message;
            part.readBytes(bytes, part.readableBytes());
            part.release();
            if (random.nextInt(3) == 0) {
                context.channel().config().setAutoRead(false);
                context.channel()
                        .eventLoop()
                        .schedule(
                                () -> context.channel().config().setAutoRead(true),
                                random.nextInt(3),
                                TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            received.complete(bytes.toByteArray());
        }
    }
}
