package io.sluice.upstream.kubernetes;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Cuts a stream of bytes into lines, whatever pieces it comes in. */
final class JsonLines {

    private final int mostBytes;
    private ByteArrayOutputStream begun = new ByteArrayOutputStream();

    /**
     * @param mostBytes longest line that is accepted
     */
    JsonLines(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    /**
     * The lines that end within this piece, without their ends; empty ones are left out.
     *
     * @throws UnreadableException for a line that is too long
     */
    List<byte[]> add(ByteBuf piece) {
        List<byte[]> lines = new ArrayList<>();
        while (piece.isReadable()) {
            int length = piece.bytesBefore((byte) '\n');
            append(piece, length < 0 ? piece.readableBytes() : length);
            if (length >= 0) {
                piece.skipBytes(1);
                if (begun.size() > 0) {
                    lines.add(begun.toByteArray());
                    begun = new ByteArrayOutputStream();
                }
            }
        }
        return lines;
    }

    private void append(ByteBuf piece, int length) {
        if (begun.size() + length > mostBytes) {
            throw new UnreadableException("a line of more than " + mostBytes + " bytes");
        }
        byte[] bytes = new byte[length];
        piece.readBytes(bytes);
        begun.writeBytes(bytes);
    }
}
