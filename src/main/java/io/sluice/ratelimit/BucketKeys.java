package io.sluice.ratelimit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names of buckets: printable ASCII, bounded in length, and different for different identities,
 * whatever an identifier holds.
 */
public final class BucketKeys {

    /** Longest encoded identifier that is kept as it is; a longer one is replaced by its hash. */
    static final int LONGEST = 128;

    private static final HexFormat HEX = HexFormat.of();
    private static final HexFormat ESCAPE = HexFormat.of().withUpperCase();

    private BucketKeys() {}

    /**
     * The key of a bucket. The braces are a Redis Cluster hash tag: all buckets of an identity lie
     * in one slot.
     *
     * @param limit the policy's name, or {@code POLICY:PLAN}; no policy's name holds a colon
     */
    public static String bucket(String limit, String identity) {
        return "ratelimit:{" + identity + "}:" + limit;
    }

    /**
     * An identifier made safe for a key. Percent signs, braces, commas, spaces, control characters
     * and all that is not ASCII are percent-encoded as UTF-8, a surrogate without its pair as
     * {@code %uXXXX}; what is then longer than {@value #LONGEST} becomes {@code %sha256-} and its
     * hash. A percent sign is always followed by two hex digits, {@code u} or {@code s}, so that no
     * two identifiers meet (short of a collision of SHA-256).
     */
    public static String encode(String identifier) {
        if (isPlain(identifier)) {
            return identifier;
        }
        StringBuilder encoded = new StringBuilder(identifier.length() + 16);
        identifier.codePoints().forEach(point -> append(encoded, point));
        String text = encoded.toString();
        return text.length() <= LONGEST ? text : "%sha256-" + sha256(text, 32);
    }

    /** The first half of the SHA-256 of a secret, in hex: the secret itself stands in no key. */
    public static String fingerprint(String secret) {
        return sha256(secret, 16);
    }

    /**
     * The part of an address that is limited: an IPv4 address whole; of an IPv6 address the /64,
     * written as its first address. What is no address is encoded as any identifier.
     *
     * @param address a literal, with or without a zone; never resolved
     */
    public static String network(String address) {
        if (address.indexOf(':') < 0) {
            return encode(address);
        }
        try {
            int zone = address.indexOf('%');
            InetAddress parsed =
                    InetAddress.getByName(zone < 0 ? address : address.substring(0, zone));
            return parsed instanceof Inet6Address
                    ? prefix(parsed.getAddress())
                    : parsed.getHostAddress();
        } catch (UnknownHostException notAnAddress) {
            return encode(address);
        }
    }

    private static String prefix(byte[] address) {
        StringBuilder text = new StringBuilder(24);
        for (int i = 0; i < 8; i += 2) {
            int group = (address[i] & 0xff) << 8 | address[i + 1] & 0xff;
            text.append(Integer.toHexString(group)).append(':');
        }
        return text.append(':').toString();
    }

    private static boolean isPlain(String identifier) {
        return identifier.length() <= LONGEST && identifier.chars().allMatch(BucketKeys::isPlain);
    }

    private static boolean isPlain(int c) {
        return c > ' ' && c < 0x7f && c != '%' && c != '{' && c != '}' && c != ',';
    }

    private static void append(StringBuilder encoded, int point) {
        if (isPlain(point)) {
            encoded.append((char) point);
        } else if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
            encoded.append("%u").append(ESCAPE.toHexDigits((char) point));
        } else {
            for (byte b : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
                encoded.append('%').append(ESCAPE.toHexDigits(b));
            }
        }
    }

    private static String sha256(String text, int bytes) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HEX.formatHex(digest, 0, bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java runtime has SHA-256", impossible);
        }
    }
}
