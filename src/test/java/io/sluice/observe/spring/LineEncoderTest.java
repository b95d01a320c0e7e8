package io.sluice.observe.spring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LineEncoderTest {

    private final LineEncoder encoder = new LineEncoder();

    @Test
    void encode_message_isTheLineInUtf8() {
        LoggingEvent event = new LoggingEvent();
        event.setMessage("{\"path\":\"/caf\u00e9\"}");
        assertThat(encoder.encode(event))
                .isEqualTo("{\"path\":\"/caf\u00e9\"}\n".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void headerAndFooter_areEmpty() {
        assertThat(encoder.headerBytes()).isEmpty();
        assertThat(encoder.footerBytes()).isEmpty();
    }
}
