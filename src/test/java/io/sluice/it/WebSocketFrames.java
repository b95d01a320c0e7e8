package io.sluice.it;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Frames of a WebSocket by hand (RFC 6455 section 5.2), right ones and wrong ones. */
final class WebSocketFrames {

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;
    static final int LAST = 0x80;
    static final int COMPRESSED = 0x40;

    private static final int MASKED = 0x80;

    /** A frame as it came, its mask taken off. */
    record Frame(int head, byte[] payload) {

        int kind() {
            return head & 0xf;
        }

        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        /** The status of a close frame; 1005 where it names none. */
        int closeStatus() {
            return payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xffff;
        }
    }

    private WebSocketFrames() {}

    /** A frame of a client, masked with zeros. */
    static byte[] ofClient(int head, byte[] payload) {
        return frame(head, true, payload.length, payload);
    }

    static byte[] ofServer(int head, byte[] payload) {
        return frame(head, false, payload.length, payload);
    }

    /** A frame with this much of its payload. */
    static byte[] frame(int head, boolean masked, long announced, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(14 + payload.length).put((byte) head);
        int mask = masked ? MASKED : 0;
        if (announced < 126) {
            frame.put((byte) (mask | announced));
        } else if (announced < 65_536) {
            frame.put((byte) (mask | 126)).putShort((short) announced);
        } else {
            frame.put((byte) (mask | 127)).putLong(announced);
        }
        if (masked) {
            frame.putInt(0);
        }
        frame.put(payload).flip();
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        return bytes;
    }

    static Frame read(DataInputStream in) throws IOException {
        int head = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        long length = second & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        byte[] mask = new byte[4];
        if ((second & MASKED) != 0) {
            in.readFully(mask);
        }
        byte[] payload = new byte[Math.toIntExact(length)];
        in.readFully(payload);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % 4];
        }
        return new Frame(head, payload);
    }
}
