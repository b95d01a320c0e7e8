package io.sluice.edge;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Decodes the percent escapes of one path, for judging it; what it decodes is never forwarded. */
final class PercentDecoder {

    private final byte[] bytes;
    private int length;

    /**
     * @param ascii a path of ASCII characters
     */
    PercentDecoder(String ascii) {
        this.bytes = ascii.getBytes(StandardCharsets.US_ASCII);
        this.length = bytes.length;
    }

    /**
     * The first decoding, the one that every reader does: each escape must be whole and harmless.
     *
     * @param slashes whether {@code %2F} is let through
     */
    PathVerdict decodeStrictly(boolean slashes) {
        int out = 0;
        boolean ascii = true;
        for (int in = 0; in < length; in++) {
            int value = bytes[in];
            if (value == '%') {
                value = escapeAt(in);
                if (value < 0) {
                    return PathVerdict.BAD_ENCODING;
                }
                if ((value == '/' && !slashes) || value == '\\') {
                    return PathVerdict.ENCODED_SLASH;
                }
                if (value < 0x20 || value == 0x7f) {
                    return PathVerdict.CONTROL_CHARACTER;
                }
                ascii &= value < 0x80;
                in += 2;
            }
            bytes[out++] = (byte) value;
        }
        length = out;
        return ascii ? PathVerdict.OK : checkUtf8();
    }

    /** The JDK's decoder refuses overlong forms, surrogates and cut sequences. */
    private PathVerdict checkUtf8() {
        try {
            CharSequence text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length));
            boolean control = text.chars().anyMatch(PathRules::isControl);
            return control ? PathVerdict.CONTROL_CHARACTER : PathVerdict.OK;
        } catch (CharacterCodingException e) {
            return PathVerdict.NOT_UTF8;
        }
    }

    /**
     * A further decoding, as a careless reader does it; whether it brings forth what is refused.
     */
    boolean decodeAgainHides() {
        int out = 0;
        for (int in = 0; in < length; in++) {
            int value = bytes[in];
            int escape = value == '%' ? escapeAt(in) : -1;
            if (escape >= 0) {
                value = escape;
                if (value < 0x20 || value == 0x7f || "./\\".indexOf(value) >= 0) {
                    return true;
                }
                in += 2;
            }
            bytes[out++] = (byte) value;
        }
        length = out;
        return false;
    }

    private int escapeAt(int percent) {
        if (percent + 2 >= length) {
            return -1;
        }
        int high = Hex.digit(bytes[percent + 1]);
        int low = Hex.digit(bytes[percent + 2]);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    boolean hasPercent() {
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '%') {
                return true;
            }
        }
        return false;
    }

    /** Whether a whole escape is left. */
    boolean hasEncoded() {
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '%' && escapeAt(i) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** What was decoded, one character a byte. */
    String latin1() {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }
}
