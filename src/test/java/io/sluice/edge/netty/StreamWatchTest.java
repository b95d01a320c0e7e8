package io.sluice.edge.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamWatchTest {

    private static final int PIECE = 64 * 1024;

    private final EmbeddedChannel stream =
            new EmbeddedChannel(
                    new StreamWatch(
                            new ClientLimits(1, 1, 1, 1, 1, 1, cut -> {}), new Rounds(() -> 0)));

    @Test
    void write_aResponseInOneLargeBuffer_goesOutInPiecesAndWhole() {
        ByteBuf bytes = numbered(3 * PIECE + 5);
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, bytes);
        response.headers().set("X-Head", "1");
        response.trailingHeaders().set("X-Trailer", "2");

        stream.writeOutbound(response);

        assertThat(((HttpResponse) stream.readOutbound()).headers().get("X-Head")).isEqualTo("1");
        List<HttpContent> pieces = pieces();
        assertThat(pieces).hasSize(4);
        assertThat(((LastHttpContent) pieces.get(3)).trailingHeaders().get("X-Trailer"))
                .isEqualTo("2");
        assertThat(together(pieces)).isEqualTo(numbered(3 * PIECE + 5));
        assertThat(bytes.refCnt()).isZero();
    }

    @Test
    void write_oneLargeContent_keepsItsPlaceAndBytes() {
        ByteBuf bytes = numbered(2 * PIECE);

        stream.writeOutbound(new DefaultHttpContent(bytes), LastHttpContent.EMPTY_LAST_CONTENT);

        List<HttpContent> pieces = pieces();
        assertThat(pieces).hasSize(3);
        assertThat(pieces.get(2)).isSameAs(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(together(pieces)).isEqualTo(numbered(2 * PIECE));
        assertThat(bytes.refCnt()).isZero();
    }

    @Test
    void write_aSmallContent_isPassedOnAsItIs() {
        HttpContent content = new DefaultHttpContent(numbered(PIECE));
        stream.writeOutbound(content);
        assertThat((Object) stream.readOutbound()).isSameAs(content);
        content.release();
    }

    private List<HttpContent> pieces() {
        List<HttpContent> pieces = new ArrayList<>();
        for (HttpContent one = stream.readOutbound(); one != null; one = stream.readOutbound()) {
            pieces.add(one);
        }
        return pieces;
    }

    private static ByteBuf together(List<HttpContent> pieces) {
        ByteBuf all = Unpooled.buffer();
        for (HttpContent piece : pieces) {
            assertThat(piece.content().readableBytes()).isLessThanOrEqualTo(PIECE);
            all.writeBytes(piece.content());
            piece.release();
        }
        return all;
    }

    private static ByteBuf numbered(int size) {
        ByteBuf bytes = Unpooled.buffer(size);
        for (int i = 0; i < size; i++) {
            bytes.writeByte(i * 31 >> 3);
        }
        return bytes;
    }
}
