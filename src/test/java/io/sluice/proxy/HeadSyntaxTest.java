package io.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadSyntaxTest {

    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private final HeadSyntax head = new HeadSyntax();

    /** How many bytes were read. */
    private int read(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int read = 0;
        while (read < bytes.length && head.reading()) {
            head.next(bytes[read++]);
        }
        return read;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                OK + "\r\n",
                OK + "Content-Length: 2\r\n\r\n",
                OK + "Content-Length : 2\r\nX-Tab\t: 1\r\n\r\n",
                OK + "X-Folded: a\r\n b\r\n\tc\r\n\r\n",
                OK + "X-Empty:\r\nX-Colons:::\r\n\r\n",
                "\r\n\n" + OK + "X: y\r\n\r\n",
                "HTTP/1.1 200 OK\nX: y\n\n"
            })
    void head_ofHeaderLines_isReadToItsEndAndNoFurther(String text) {
        head.begin();
        assertThat(read(text + "no colon\r\n")).isEqualTo(text.length());
        assertThat(head.reading()).isFalse();
        assertThat(head.broken()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                OK + "no colon\r\n",
                OK + "nocolon\r\n",
                OK + "nocolon\n",
                OK + "X: y\r\nX Y: z",
                OK + "X \t Y: z",
                "HTTP/1.1 103 Early Hints\r\n\r\n" + OK + "garbage\r\n"
            })
    void line_thatIsNoHeader_breaksTheHead(String text) {
        head.begin();
        read(text);
        assertThat(head.broken()).isTrue();
        assertThat(head.reading()).isFalse();
    }

    @Test
    void interimHead_isFollowedByAnother() {
        head.begin();
        read("HTTP/1.1 100 Continue\r\n\r\n");
        assertThat(head.reading()).isTrue();
        read(OK + "\r\n");
        assertThat(head.reading()).isFalse();
    }

    @Test
    void bytes_outsideOfHeads_areNotRead() {
        assertThat(head.reading()).isFalse();
        assertThat(head.next((byte) 'x')).isFalse();
        assertThat(head.broken()).isFalse();
    }

    @Test
    void begin_afterABrokenHead_readsAfresh() {
        head.begin();
        read(OK + "broken\r\n");
        head.begin();
        read(OK + "\r\n");
        assertThat(head.broken()).isFalse();
    }
}
