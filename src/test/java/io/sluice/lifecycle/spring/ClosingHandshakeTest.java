package io.sluice.lifecycle.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.NettyPipeline;

class ClosingHandshakeTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();

    @AfterEach
    void end() {
        channel.finishAndReleaseAll();
    }

    @Test
    void on_anOpenSocket_sendsTheStatusAndWaitsForThePeer() {
        CompletableFuture<Void> done = begin();

        CloseWebSocketFrame sent = channel.readOutbound();
        assertThat(sent.statusCode()).isEqualTo(1001);
        sent.release();
        assertThat(channel.isOpen()).isTrue();
        assertThat(done).isNotDone();
    }

    @Test
    void on_thePeersAnswer_tellsTheSessionAndCloses() {
        CompletableFuture<Void> done = begin();

        CloseWebSocketFrame answer = new CloseWebSocketFrame(1001, "");
        channel.writeInbound(answer);

        assertThat(channel.<Object>readInbound()).isSameAs(answer);
        answer.release();
        assertThat(done).isCompleted();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void on_aPeerThatNeverAnswers_closesWhenPatienceEnds() {
        channel.freezeTime();
        CompletableFuture<Void> done = begin();

        channel.advanceTimeBy(799, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();

        CloseWebSocketFrame instead = channel.readInbound();
        assertThat(instead.statusCode()).isEqualTo(1001);
        instead.release();
        assertThat(done).isCompleted();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void on_aPeerThatLeaves_completes() {
        CompletableFuture<Void> done = begin();

        channel.close();

        assertThat(done).isCompleted();
    }

    @Test
    void write_afterTheCloseFrame_isDropped() {
        begin();
        channel.releaseOutbound();

        TextWebSocketFrame late = new TextWebSocketFrame("late");
        assertThat(channel.writeOneOutbound(late).isSuccess()).isTrue();
        channel.flushOutbound();

        assertThat(late.refCnt()).isZero();
        assertThat(channel.<Object>readOutbound()).isNull();
    }

    @Test
    void channelRead_ofDataBeforeThePeersClose_passes() {
        begin();

        TextWebSocketFrame last = new TextWebSocketFrame("last");
        channel.writeInbound(last);

        assertThat(channel.<Object>readInbound()).isSameAs(last);
        last.release();
    }

    @Test
    void on_aChannelWithoutItsBridge_completesAtOnce() {
        CompletableFuture<Void> done = handshake();

        assertThat(done).isCompleted();
        assertThat(channel.<Object>readOutbound()).isNull();
    }

    private CompletableFuture<Void> begin() {
        channel.pipeline()
                .addLast(NettyPipeline.ReactiveBridge, new ChannelInboundHandlerAdapter());
        return handshake();
    }

    private CompletableFuture<Void> handshake() {
        CompletableFuture<Void> done =
                ClosingHandshake.on(
                                channel,
                                WebSocketCloseStatus.ENDPOINT_UNAVAILABLE,
                                Duration.ofMillis(800))
                        .toFuture();
        channel.runPendingTasks();
        return done;
    }
}
