package io.sluice.edge;

import org.jspecify.annotations.Nullable;

/**
 * An IP address in one canonical form, so that one client has one spelling: IPv4-mapped IPv6 is
 * folded to IPv4, zone id and port are cut, IPv6 text follows RFC 5952. Immutable; equal when the
 * address is.
 *
 * @param v6 whether this is an IPv6 address
 * @param high the upper 64 bits of an IPv6 address; 0 for IPv4
 * @param low the lower 64 bits of an IPv6 address, or the 32 bits of an IPv4 address
 */
public record ClientAddress(boolean v6, long high, long low) {

    private static final int LONGEST_INPUT = 128;
    private static final long MAPPED_PREFIX = 0xffffL;

    static ClientAddress ofV4(long bits) {
        return new ClientAddress(false, 0, bits);
    }

    static ClientAddress ofV6(long high, long low) {
        boolean mapped = high == 0 && low >>> 32 == MAPPED_PREFIX;
        return mapped ? ofV4(low & 0xffff_ffffL) : new ClientAddress(true, high, low);
    }

    /**
     * Reads an address literal: {@code 192.0.2.1}, {@code 192.0.2.1:80}, {@code 2001:db8::1},
     * {@code fe80::1%eth0}, {@code [2001:db8::1]:80}. No name is ever resolved.
     *
     * @return the address, or {@code null} for anything else
     */
    public static @Nullable ClientAddress parse(String text) {
        if (text.isEmpty() || text.length() > LONGEST_INPUT) {
            return null;
        }
        if (text.charAt(0) == '[') {
            int end = text.indexOf(']');
            boolean plain = end > 0 && (end == text.length() - 1 || port(text, end + 1));
            String literal = plain ? withoutZone(text, 1, end) : "";
            return literal.indexOf(':') >= 0 ? IpLiteral.parse(literal) : null;
        }
        int colon = text.indexOf(':');
        if (colon >= 0 && text.indexOf('.') >= 0 && text.indexOf(':', colon + 1) < 0) {
            return port(text, colon) ? IpLiteral.parse(text.substring(0, colon)) : null;
        }
        return IpLiteral.parse(colon < 0 ? text : withoutZone(text, 0, text.length()));
    }

    /** A zone id has a meaning on one machine only (RFC 4007 section 11). An empty one is bad. */
    private static String withoutZone(String text, int from, int to) {
        int zone = text.indexOf('%', from);
        boolean has = zone > from && zone < to - 1;
        return text.substring(from, has ? zone : to);
    }

    /** Whether a port follows here: a colon and digits, or RFC 7239's obfuscated {@code _name}. */
    private static boolean port(String text, int colon) {
        int from = colon + 1;
        if (text.charAt(colon) != ':' || from == text.length()) {
            return false;
        }
        boolean obfuscated = text.charAt(from) == '_';
        int digits = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                digits++;
            } else if (!obfuscated || !obfuscatedChar(c)) {
                return false;
            }
        }
        return obfuscated || digits <= 5;
    }

    private static boolean obfuscatedChar(char c) {
        int lower = c | 0x20;
        return (lower >= 'a' && lower <= 'z') || c == '.' || c == '_' || c == '-';
    }

    /** The canonical text: dotted decimal, or RFC 5952 (lower case, longest zero run as ::). */
    public String text() {
        StringBuilder out = new StringBuilder(v6 ? 39 : 15);
        if (!v6) {
            for (int shift = 24; shift >= 0; shift -= 8) {
                out.append(low >>> shift & 0xff).append(shift > 0 ? "." : "");
            }
            return out.toString();
        }
        int gapStart = -1;
        int gapLength = 1; // a single zero group is never shortened (RFC 5952 section 4.2.2)
        for (int i = 0; i < 8; i++) {
            int run = zeroRun(i);
            if (run > gapLength) {
                gapStart = i;
                gapLength = run;
            }
        }
        for (int i = 0; i < 8; i++) {
            if (i == gapStart) {
                out.append("::");
                i += gapLength - 1;
            } else {
                boolean afterGap = gapStart >= 0 && i == gapStart + gapLength;
                out.append(i == 0 || afterGap ? "" : ":").append(Integer.toHexString(group(i)));
            }
        }
        return out.toString();
    }

    private int zeroRun(int from) {
        int to = from;
        while (to < 8 && group(to) == 0) {
            to++;
        }
        return to - from;
    }

    private int group(int index) {
        long half = index < 4 ? high : low;
        return (int) (half >>> (48 - 16 * (index & 3)) & 0xffff);
    }

    @Override
    public String toString() {
        return text();
    }
}
