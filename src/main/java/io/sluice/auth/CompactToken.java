package io.sluice.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A token in the compact form of RFC 7515 section 3.1, taken apart strictly: three non-empty parts
 * of canonical base64url. Leniency here would give one token many spellings, and each of them its
 * own place in a cache or deny list.
 *
 * @param headerJson the protected header's text
 * @param payloadJson the payload's text
 * @param signingInput the ASCII bytes that were signed
 * @param signature the signature's bytes
 */
record CompactToken(String headerJson, String payloadJson, byte[] signingInput, byte[] signature) {

    /** Longer tokens are refused unread. */
    static final int MAX_LENGTH = 8 * 1024;

    /** The parts of this token, or null where it is not strictly of compact form. */
    static @Nullable CompactToken parse(String token) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (token.length() > MAX_LENGTH || first < 0 || second < 0) {
            return null;
        }
        byte[] header = decode(token.substring(0, first));
        byte[] payload = decode(token.substring(first + 1, second));
        byte[] signature = decode(token.substring(second + 1));
        if (header == null || payload == null || signature == null) {
            return null;
        }
        String headerJson = utf8(header);
        String payloadJson = utf8(payload);
        if (headerJson == null || payloadJson == null) {
            return null;
        }
        byte[] input = token.substring(0, second).getBytes(StandardCharsets.US_ASCII);
        return new CompactToken(headerJson, payloadJson, input, signature);
    }

    private static byte @Nullable [] decode(String part) {
        if (part.isEmpty() || part.length() % 4 == 1) {
            return null;
        }
        for (int i = 0; i < part.length(); i++) {
            if (!isBase64Url(part.charAt(i))) {
                return null;
            }
        }
        byte[] bytes = Base64.getUrlDecoder().decode(part);
        // Unused bits of the last character must be 0, else several spellings decode alike.
        String canonical = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return canonical.equals(part) ? bytes : null;
    }

    private static boolean isBase64Url(char c) {
        return (c >= 'A' && c <= 'Z')
                || (c >= 'a' && c <= 'z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '_';
    }

    private static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException malformed) {
            return null;
        }
    }
}
