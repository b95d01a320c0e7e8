package io.sluice.proxy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.Connection;

class ResponseGuardTest {

    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";

    private final Watch watch = new Watch();
    private final EmbeddedChannel upstream = new EmbeddedChannel(new HttpClientCodec());

    ResponseGuardTest() {
        ResponseGuard.install(Connection.from(upstream));
    }

    @AfterEach
    void close() {
        upstream.finishAndReleaseAll();
    }

    /** The client of WebSockets may be handed a connection that served a request before. */
    @Test
    void switch_toAWebSocketThatWasAskedFor_passesAndEndsTheGuard() {
        HttpRequest request = request();
        request.headers().set("Upgrade", "websocket");
        upstream.writeOutbound(request);

        upstream.writeInbound(bytes(SWITCH));

        assertThat(((HttpResponse) upstream.readInbound()).status().code()).isEqualTo(101);
        assertThat(upstream.pipeline().get(ResponseGuard.NAME)).isNull();
        assertThat(upstream.isOpen()).isTrue();
    }

    @Test
    void switch_thatNobodyAskedFor_endsTheConnection() {
        upstream.writeOutbound(request());

        assertThatThrownBy(() -> upstream.writeInbound(bytes(SWITCH)))
                .isInstanceOf(IOException.class);
        assertThat(upstream.isOpen()).isFalse();
    }

    @Test
    void head_smallBodyRightBehindIt_isToldToBeWhole() {
        upstream.pipeline().addLast(watch);
        upstream.writeOutbound(request());

        upstream.writeInbound(bytes(HEAD + "body"));

        assertThat(watch.whole).containsExactly(true);
        assertThat(text(upstream.inboundMessages())).isEqualTo("body");
    }

    @Test
    void head_bodyInALaterRead_goesOnAtOnceAndIsNotWhole() {
        upstream.pipeline().addLast(watch);
        upstream.writeOutbound(request());

        upstream.writeInbound(bytes(HEAD + "bo"));
        assertThat(watch.whole).containsExactly(false);
        assertThat(text(upstream.inboundMessages())).isEqualTo("bo");

        upstream.writeInbound(bytes("dy"));
        assertThat(text(upstream.inboundMessages())).isEqualTo("dy");
    }

    @Test
    void head_ofALargeBody_isNeverWhole() {
        upstream.pipeline().addLast(watch);
        upstream.writeOutbound(request());
        int length = ResponseGuard.MOST_WHOLE + 1;

        upstream.writeInbound(
                bytes(
                        "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
                                .formatted(length, "x".repeat(length))));

        assertThat(watch.whole).containsExactly(false);
    }

    @Test
    void head_connectionEndsInsideOfTheBody_goesOnBeforeTheEnd() {
        upstream.pipeline().addLast(watch);
        upstream.writeOutbound(request());
        upstream.pipeline().fireChannelRead(bytes(HEAD + "bo"));
        assertThat(watch.whole).isEmpty();

        upstream.close();

        assertThat(watch.whole).containsExactly(false);
    }

    /** What whoever takes a head is told at that moment. */
    private static final class Watch extends ChannelInboundHandlerAdapter {

        private final List<Boolean> whole = new ArrayList<>();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof HttpResponse) {
                whole.add(ResponseGuard.isWhole(Connection.from(ctx.channel())));
            } else {
                ctx.fireChannelRead(msg);
            }
        }
    }

    private static String text(Queue<Object> messages) {
        StringBuilder text = new StringBuilder();
        for (Object part = messages.poll(); part != null; part = messages.poll()) {
            text.append(((HttpContent) part).content().toString(StandardCharsets.US_ASCII));
            ReferenceCountUtil.release(part);
        }
        return text.toString();
    }

    private static HttpRequest request() {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }
}
