package io.sluice.balance;

import java.util.Arrays;
import java.util.Optional;

/**
 * Reads an IP address from text without ever asking a name server. Takes what proxies write: {@code
 * 192.0.2.1}, {@code 192.0.2.1:4711}, {@code 2001:db8::1}, {@code [2001:db8::1]:4711}, {@code
 * fe80::1%eth0}.
 */
final class IpLiteral {

    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    private IpLiteral() {}

    /** 4 or 16 bytes, IPv4-mapped IPv6 addresses as 4; empty when the text is no address. */
    static Optional<byte[]> parse(String text) {
        String bare = bare(text);
        byte[] address = bare.indexOf(':') < 0 ? ipv4(bare) : ipv6(bare);
        return address.length == 0 ? Optional.empty() : Optional.of(folded(address));
    }

    /** An IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) as the IPv4 address that it means. */
    static byte[] folded(byte[] address) {
        if (address.length != IPV6_BYTES || address[10] != -1 || address[11] != -1) {
            return address;
        }
        for (int i = 0; i < 10; i++) {
            if (address[i] != 0) {
                return address;
            }
        }
        return Arrays.copyOfRange(address, 12, IPV6_BYTES);
    }

    /** The text without blanks around it, brackets, port and zone. */
    private static String bare(String text) {
        String bare = text.trim();
        if (bare.startsWith("[")) {
            int end = bare.indexOf(']');
            bare = end < 0 ? "" : bare.substring(1, end);
        } else {
            int colon = bare.indexOf(':');
            if (colon >= 0 && colon == bare.lastIndexOf(':')) {
                bare = bare.substring(0, colon);
            }
        }
        int zone = bare.indexOf('%');
        return zone < 0 ? bare : bare.substring(0, zone);
    }

    private static byte[] ipv4(String text) {
        String[] parts = text.split("\\.", -1);
        byte[] address = new byte[IPV4_BYTES];
        if (parts.length != IPV4_BYTES) {
            return new byte[0];
        }
        for (int i = 0; i < IPV4_BYTES; i++) {
            int value = number(parts[i], 10, 3);
            if (value < 0 || value > 255) {
                return new byte[0];
            }
            address[i] = (byte) value;
        }
        return address;
    }

    private static byte[] ipv6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            byte[] whole = groups(text);
            return whole.length == IPV6_BYTES ? whole : new byte[0];
        }
        String before = text.substring(0, gap);
        String after = text.substring(gap + 2);
        byte[] head = groups(before);
        byte[] tail = groups(after);
        boolean bad =
                (head.length == 0 && !before.isEmpty())
                        || (tail.length == 0 && !after.isEmpty())
                        || before.indexOf('.') >= 0
                        || head.length + tail.length > IPV6_BYTES - 2;
        if (bad) {
            return new byte[0];
        }
        byte[] address = Arrays.copyOf(head, IPV6_BYTES);
        System.arraycopy(tail, 0, address, IPV6_BYTES - tail.length, tail.length);
        return address;
    }

    /** Groups of four hexadecimal digits, the last one perhaps an IPv4 address; empty if wrong. */
    private static byte[] groups(String text) {
        String[] parts = text.split(":", -1);
        byte[] bytes = new byte[2 * parts.length + 2];
        int length = 0;
        for (int i = 0; i < parts.length; i++) {
            if (i == parts.length - 1 && parts[i].indexOf('.') >= 0) {
                byte[] ipv4 = ipv4(parts[i]);
                System.arraycopy(ipv4, 0, bytes, length, ipv4.length);
                return ipv4.length == 0 ? ipv4 : Arrays.copyOf(bytes, length + IPV4_BYTES);
            }
            int value = number(parts[i], 16, 4);
            if (value < 0) {
                return new byte[0];
            }
            bytes[length++] = (byte) (value >> 8);
            bytes[length++] = (byte) value;
        }
        return Arrays.copyOf(bytes, length);
    }

    /** One to {@code mostDigits} ASCII digits, or −1. */
    private static int number(String text, int radix, int mostDigits) {
        if (text.isEmpty() || text.length() > mostDigits) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) < 128 ? Character.digit(text.charAt(i), radix) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * radix + digit;
        }
        return value;
    }
}
