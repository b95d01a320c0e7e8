package io.sluice.edge;

import java.nio.ByteBuffer;

/**
 * Reads the heads of HTTP/2 frames (RFC 9113 section 4.1) as they pass and counts those that cost
 * the receiver something and bring nothing: PING, SETTINGS, PRIORITY, unknown types, and empty DATA
 * and CONTINUATION (CVE-2019-9512, -9513, -9515, -9518, CVE-2026-33871). Frames that bring
 * something make good for one each, so that a client that measures its link by PING while it
 * transfers data is left alone. Resets are counted by the codec.
 *
 * <p>It also tells whether a frame or a block of headers has begun and not ended. Not thread-safe.
 */
public final class Http2Flood {

    /** The client's preface, in front of its first frame. */
    public static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private static final int HEAD = 9;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private final FloodCount frames;
    private int skip = PREFACE.length();
    private int preface = PREFACE.length();
    private boolean foreign;
    private final byte[] head = new byte[HEAD];
    private int headLength;
    private boolean owesData;
    private boolean blockOpen;

    /**
     * @param most frames of no use in one window
     * @param now when the connection's first byte came, in nanoseconds
     */
    public Http2Flood(int most, long windowNanos, long now) {
        this.frames = new FloodCount(most, windowNanos, now);
    }

    /**
     * Reads bytes as they come; the buffer's position is moved to its end.
     *
     * @return whether the window's count is above its limit
     */
    public boolean floods(ByteBuffer bytes, long now) {
        frames.at(now);
        while (bytes.hasRemaining()) {
            if (skip > 0) {
                int step = Math.min(skip, bytes.remaining());
                if (preface > 0) {
                    preface(bytes, step);
                }
                bytes.position(bytes.position() + step);
                skip -= step;
            } else {
                head[headLength++] = bytes.get();
                if (headLength == HEAD) {
                    headLength = 0;
                    frame();
                }
            }
        }
        return frames.floods();
    }

    /**
     * Whether the client owes the rest of what it has begun: a preface, a frame or a block of
     * headers. Data are not counted, as a body has a pace of its own.
     */
    public boolean owes() {
        return headLength > 0 || blockOpen || (skip > 0 && !owesData);
    }

    private void preface(ByteBuffer bytes, int count) {
        int at = PREFACE.length() - preface;
        for (int i = 0; i < count; i++) {
            foreign |= bytes.get(bytes.position() + i) != PREFACE.charAt(at + i);
        }
        preface -= count;
    }

    /** Whether the connection has begun with anything but the preface: this is not HTTP/2. */
    public boolean foreign() {
        return foreign;
    }

    private void frame() {
        int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff);
        int type = head[3] & 0xff;
        skip = length;
        owesData = type == DATA;
        if (type == HEADERS || type == CONTINUATION) {
            blockOpen = (head[4] & END_HEADERS) == 0;
        }
        frames.count(isUseful(type, length, (head[4] & END_STREAM) != 0));
    }

    private static boolean isUseful(int type, int length, boolean endStream) {
        return switch (type) {
            case DATA -> length > 0 || endStream;
            case HEADERS, RST_STREAM, GOAWAY, WINDOW_UPDATE -> true;
            case CONTINUATION -> length > 0;
            default -> false;
        };
    }
}
