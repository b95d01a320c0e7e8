package io.sluice.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of a token's exact bytes: names it without keeping it. */
public record TokenHash(long a, long b, long c, long d) {

    private static final MessageDigest SHA_256 = newDigest();

    public static TokenHash of(String token) {
        ByteBuffer digest = ByteBuffer.wrap(sha256(token.getBytes(StandardCharsets.UTF_8)));
        return new TokenHash(
                digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong());
    }

    static byte[] sha256(byte[] bytes) {
        return digest().digest(bytes);
    }

    /** A copy of one that is kept costs less than to look the algorithm up each time. */
    private static MessageDigest digest() {
        try {
            return (MessageDigest) SHA_256.clone();
        } catch (CloneNotSupportedException e) {
            return newDigest();
        }
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
