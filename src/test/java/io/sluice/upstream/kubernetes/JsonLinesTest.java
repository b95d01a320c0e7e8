package io.sluice.upstream.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonLinesTest {

    private final JsonLines lines = new JsonLines(10);

    private List<String> add(String piece) {
        return lines.add(Unpooled.copiedBuffer(piece, StandardCharsets.UTF_8)).stream()
                .map(line -> new String(line, StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void add_severalLinesInAPiece_areAllThere() {
        assertThat(add("a\n\nb\nc")).containsExactly("a", "b");
        assertThat(add("\n")).containsExactly("c");
    }

    @Test
    void add_byteByByte_isTheSame() {
        List<String> all = new ArrayList<>();
        for (byte one : "ä€\nx\n".getBytes(StandardCharsets.UTF_8)) {
            lines.add(Unpooled.wrappedBuffer(new byte[] {one}))
                    .forEach(line -> all.add(new String(line, StandardCharsets.UTF_8)));
        }
        assertThat(all).containsExactly("ä€", "x");
    }

    @Test
    void add_longestLine_isAcceptedAndALongerOneIsNot() {
        assertThat(add("01234")).isEmpty();
        assertThat(add("56789\n")).containsExactly("0123456789");
        add("0123456789");
        assertThatThrownBy(() -> add("0\n")).isInstanceOf(UnreadableException.class);
    }
}
