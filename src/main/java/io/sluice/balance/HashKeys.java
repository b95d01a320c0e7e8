package io.sluice.balance;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The 64-bit hashes (XXH64) that the hashing algorithms take as keys. The same on every gateway and
 * every machine.
 */
public final class HashKeys {

    /** Every bit of an IPv4 address counts. */
    public static final int WHOLE_IPV4 = 32;

    /** Of an IPv6 address the network counts: privacy extensions change the rest all the time. */
    private static final int IPV6_PREFIX_BYTES = 8;

    private HashKeys() {}

    /** The hash of a header, cookie, path or other text. */
    public static long of(String key) {
        return Xxh64.hash(key.getBytes(StandardCharsets.UTF_8), 0);
    }

    /**
     * The hash of a client's address: an IPv4 address cut to its prefix, an IPv6 address to its
     * /64. An IPv4 address written as IPv6 ({@code ::ffff:192.0.2.1}) is that IPv4 address.
     *
     * @param ipv4Prefix how many leading bits of an IPv4 address count, 1 to 32
     */
    public static long ofAddress(InetAddress address, int ipv4Prefix) {
        return ofAddress(IpLiteral.folded(address.getAddress()), ipv4Prefix);
    }

    /**
     * The same for an address as text, as {@code X-Forwarded-For} and {@code Forwarded} carry it:
     * brackets, a port and a zone are cut. Names are not looked up.
     *
     * @return empty when the text is no address
     */
    public static OptionalLong ofAddress(String text, int ipv4Prefix) {
        Optional<byte[]> address = IpLiteral.parse(text);
        return address.isPresent()
                ? OptionalLong.of(ofAddress(address.get(), ipv4Prefix))
                : OptionalLong.empty();
    }

    private static long ofAddress(byte[] address, int ipv4Prefix) {
        if (ipv4Prefix < 1 || ipv4Prefix > WHOLE_IPV4) {
            throw new IllegalArgumentException(
                    "ipv4Prefix: " + ipv4Prefix + " (expected: 1 to 32)");
        }
        if (address.length != 4) {
            return Xxh64.hash(address, 0, IPV6_PREFIX_BYTES, 0);
        }
        byte[] prefix = address.clone();
        for (int bit = ipv4Prefix; bit < WHOLE_IPV4; bit++) {
            prefix[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
        }
        return Xxh64.hash(prefix, 0);
    }
}
