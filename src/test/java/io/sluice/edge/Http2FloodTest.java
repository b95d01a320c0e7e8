package io.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Http2FloodTest {

    private static final int MOST = 5;

    private final Http2Flood flood = new Http2Flood(MOST, 100, 0);

    private static byte[] frame(int type, int flags, int length) {
        byte[] frame = new byte[9 + length];
        frame[1] = (byte) (length >>> 8);
        frame[2] = (byte) length;
        frame[3] = (byte) type;
        frame[4] = (byte) flags;
        return frame;
    }

    private boolean send(byte[] bytes, long now) {
        return flood.floods(ByteBuffer.wrap(bytes), now);
    }

    private void preface() {
        send(Http2Flood.PREFACE.getBytes(StandardCharsets.US_ASCII), 0);
    }

    @ParameterizedTest
    @CsvSource({
        "PING, 6, 0, 8",
        "SETTINGS, 4, 0, 6",
        "PRIORITY, 2, 0, 5",
        "unknown, 200, 0, 3",
        "empty DATA, 0, 0, 0",
        "empty CONTINUATION, 9, 0, 0"
    })
    void floods_framesThatOnlyCost_isTrueAboveTheLimit(
            String name, int type, int flags, int length) {
        preface();
        for (int i = 0; i < MOST; i++) {
            assertThat(send(frame(type, flags, length), 1)).as(name).isFalse();
        }
        assertThat(send(frame(type, flags, length), 1)).as(name).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "DATA, 0, 0, 100",
        "end of DATA, 0, 1, 0",
        "HEADERS, 1, 4, 10",
        "RST_STREAM, 3, 0, 4",
        "GOAWAY, 7, 0, 8",
        "WINDOW_UPDATE, 8, 0, 4",
        "CONTINUATION, 9, 4, 10"
    })
    void floods_framesThatBringSomething_makeGoodForOneEach(
            String name, int type, int flags, int length) {
        preface();
        for (int i = 0; i < 100; i++) {
            assertThat(send(frame(6, 0, 8), 1)).as(name).isFalse();
            assertThat(send(frame(type, flags, length), 1)).as(name).isFalse();
        }
    }

    @Test
    void floods_nextWindow_countsAnew() {
        preface();
        for (int i = 0; i < MOST; i++) {
            send(frame(6, 0, 8), 100);
        }
        assertThat(send(frame(6, 0, 8), 101)).isFalse();
    }

    @Test
    void floods_bytesOneByOne_areTheSameFrames() {
        preface();
        boolean floods = false;
        for (int i = 0; i <= MOST; i++) {
            assertThat(floods).isFalse();
            for (byte b : frame(6, 0, 8)) {
                floods = send(new byte[] {b}, 1);
            }
        }
        assertThat(floods).isTrue();
    }

    @Test
    void floods_payloadThatLooksLikeFrames_isSkipped() {
        preface();
        byte[] data = frame(0, 0, 1800);
        for (int i = 9; i + 9 <= data.length; i += 9) {
            data[i + 3] = 6;
        }
        assertThat(send(data, 1)).isFalse();
        for (int i = 0; i < MOST + 1; i++) {
            assertThat(send(frame(6, 0, 8), 1)).isFalse();
        }
        assertThat(send(frame(6, 0, 8), 1)).isTrue();
    }

    @Test
    void owes_halfAPrefaceFrameOrBlock_isTrueUntilItsEnd() {
        assertThat(flood.owes()).isTrue();
        preface();
        assertThat(flood.owes()).isFalse();
        send(new byte[] {0, 0}, 1);
        assertThat(flood.owes()).isTrue();
        send(new byte[] {1, 1, 0, 0, 0, 0, 1}, 1);
        assertThat(flood.owes()).isTrue();
        send(new byte[] {0}, 1);
        assertThat(flood.owes()).as("headers without their end").isTrue();
        send(frame(9, 0, 4), 1);
        assertThat(flood.owes()).isTrue();
        send(frame(9, 4, 4), 1);
        assertThat(flood.owes()).isFalse();
    }

    @Test
    void foreign_anotherBeginning_isTrue() {
        send(new byte[] {'P'}, 0);
        assertThat(flood.foreign()).isFalse();
        send(new byte[] {'O', 'S', 'T'}, 0);
        assertThat(flood.foreign()).isTrue();
    }

    @Test
    void foreign_preface_isFalse() {
        preface();
        send(frame(6, 0, 8), 1);
        assertThat(flood.foreign()).isFalse();
    }

    @Test
    void owes_halfOfData_isFalse() {
        preface();
        send(new byte[] {0, 0, 9, 0, 0, 0, 0, 0, 1, 42}, 1);
        assertThat(flood.owes()).isFalse();
    }
}
