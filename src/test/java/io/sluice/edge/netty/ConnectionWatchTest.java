package io.sluice.edge.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.sluice.edge.Cut;
import io.sluice.observe.RequestIds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionWatchTest {

    private static final long HEAD = Duration.ofSeconds(1).toNanos();
    private static final long LINGER = Duration.ofSeconds(2).toNanos();

    private final List<Cut> cuts = new ArrayList<>();
    private long now;
    private final ConnectionWatch watch =
            new ConnectionWatch(
                    new ClientLimits(HEAD, HEAD, HEAD, 1, 10 * HEAD, 10, cuts::add),
                    new WebSocketLimits(1, 1, () -> now),
                    new Rounds(() -> now),
                    new ErrorBodies(new RequestIds(() -> 7)));

    /** Takes what is written and never says that it was sent. */
    private static final class Stuck extends ChannelOutboundHandlerAdapter {

        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            ReferenceCountUtil.release(msg);
        }
    }

    private static Object bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    @Test
    void head_tooSlow_isAnsweredAndTheConnectionCloses() {
        EmbeddedChannel channel = new EmbeddedChannel(watch);
        channel.writeInbound(bytes("GET / HT"));
        watch.look(now = HEAD + 1);

        assertThat(channel.outboundMessages()).hasSize(1);
        assertThat(channel.isOpen()).isFalse();
        assertThat(cuts).containsExactly(Cut.HEAD);
        channel.releaseInbound();
        channel.releaseOutbound();
    }

    @Test
    void head_tooSlowAndItsAnswerCannotBeSent_theConnectionClosesAllTheSame() {
        EmbeddedChannel channel = new EmbeddedChannel(new Stuck(), watch);
        channel.writeInbound(bytes("GET / HT"));
        watch.look(now = HEAD + 1);
        assertThat(channel.isOpen()).isTrue();

        watch.look(now += LINGER);
        assertThat(channel.isOpen()).isTrue();
        watch.look(++now);

        assertThat(channel.isOpen()).isFalse();
        assertThat(cuts).containsExactly(Cut.HEAD);
        channel.releaseInbound();
    }

    @Test
    void bytes_afterTheAnswer_areDropped() {
        EmbeddedChannel channel = new EmbeddedChannel(new Stuck(), watch);
        channel.writeInbound(bytes("GET / HT"));
        watch.look(now = HEAD + 1);
        channel.releaseInbound();

        assertThat(channel.writeInbound(bytes("TP/1.1"))).isFalse();
    }
}
