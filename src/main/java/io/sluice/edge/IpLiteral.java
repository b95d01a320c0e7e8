package io.sluice.edge;

import org.jspecify.annotations.Nullable;

/**
 * Reads address literals, strictly: four decimal octets without leading zeros, or IPv6 as RFC 4291
 * section 2.2 writes it. Never resolves a name. Everything else is {@code null}.
 */
final class IpLiteral {

    /** The longest IPv6 literal, with an embedded IPv4 address. */
    private static final int LONGEST = 45;

    private static final int GROUPS = 8;

    private IpLiteral() {}

    static @Nullable ClientAddress parse(String text) {
        if (text.isEmpty() || text.length() > LONGEST) {
            return null;
        }
        if (text.indexOf(':') >= 0) {
            return parseV6(text);
        }
        long v4 = parseV4(text);
        return v4 < 0 ? null : ClientAddress.ofV4(v4);
    }

    /** The address as an unsigned 32-bit number, or -1. */
    private static long parseV4(String text) {
        long value = 0;
        int octets = 0;
        int from = 0;
        while (octets < 4) {
            int to = text.indexOf('.', from);
            to = to < 0 ? text.length() : to;
            int octet = octet(text, from, to);
            if (octet < 0) {
                return -1;
            }
            value = value << 8 | octet;
            octets++;
            if (to == text.length()) {
                return octets == 4 ? value : -1;
            }
            from = to + 1;
        }
        return -1;
    }

    /** A leading zero is refused: some readers take it for octal. */
    private static int octet(String text, int from, int to) {
        int length = to - from;
        if (length < 1 || length > 3 || (length > 1 && text.charAt(from) == '0')) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value > 255 ? -1 : value;
    }

    private static @Nullable ClientAddress parseV6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            int[] all = groups(text, GROUPS);
            return all == null || all.length != GROUPS ? null : address(all, new int[0]);
        }
        if (text.indexOf("::", gap + 1) >= 0) {
            return null;
        }
        // An IPv4 tail belongs to the end of the whole address, so the head must not have one.
        String head = text.substring(0, gap);
        int[] before = head.indexOf('.') >= 0 ? null : groups(head, GROUPS - 1);
        int[] after = groups(text.substring(gap + 2), GROUPS - 1);
        if (before == null || after == null || before.length + after.length > GROUPS - 1) {
            return null;
        }
        return address(before, after);
    }

    /** Groups of 16 bits, at most {@code most}; an empty text has none. */
    private static int @Nullable [] groups(String text, int most) {
        if (text.isEmpty()) {
            return new int[0];
        }
        String[] parts = text.split(":", -1);
        boolean v4Tail = parts[parts.length - 1].indexOf('.') >= 0;
        int count = parts.length + (v4Tail ? 1 : 0);
        if (count > most) {
            return null;
        }
        int[] groups = new int[count];
        int hexParts = v4Tail ? parts.length - 1 : parts.length;
        for (int i = 0; i < hexParts; i++) {
            groups[i] = group(parts[i]);
            if (groups[i] < 0) {
                return null;
            }
        }
        if (v4Tail) {
            long v4 = parseV4(parts[parts.length - 1]);
            if (v4 < 0) {
                return null;
            }
            groups[count - 2] = (int) (v4 >>> 16);
            groups[count - 1] = (int) (v4 & 0xffff);
        }
        return groups;
    }

    private static int group(String hex) {
        if (hex.isEmpty() || hex.length() > 4) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < hex.length(); i++) {
            int digit = Hex.digit(hex.charAt(i));
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static ClientAddress address(int[] before, int[] after) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < GROUPS; i++) {
            int fromEnd = i - (GROUPS - after.length);
            int group = i < before.length ? before[i] : fromEnd >= 0 ? after[fromEnd] : 0;
            if (i < GROUPS / 2) {
                high = high << 16 | group;
            } else {
                low = low << 16 | group;
            }
        }
        return ClientAddress.ofV6(high, low);
    }
}
