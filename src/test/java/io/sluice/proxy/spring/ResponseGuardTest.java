package io.sluice.proxy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.Connection;

class ResponseGuardTest {

    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

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

    private static HttpRequest request() {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }
}
