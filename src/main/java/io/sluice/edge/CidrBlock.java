package io.sluice.edge;

import org.jspecify.annotations.Nullable;

/**
 * A block of addresses such as {@code 10.0.0.0/8} or {@code fd00::/8} (RFC 4632, RFC 4291).
 * Immutable. An IPv4 block and an IPv6 block never contain each other's addresses; a block of
 * IPv4-mapped IPv6 addresses is taken for the IPv4 block that it means.
 */
public final class CidrBlock {

    private final ClientAddress base;
    private final int prefix;

    private CidrBlock(ClientAddress base, int prefix) {
        this.base = base;
        this.prefix = prefix;
    }

    /**
     * Reads a block, or a single address as a block of one. Strict: an address literal without port
     * or zone, no leading zeros, a prefix length in range and no bits set beyond it, as {@code
     * 10.0.0.1/8} is more often a slip than a wish.
     *
     * @return the block, or {@code null} for anything else
     */
    public static @Nullable CidrBlock parse(String text) {
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        ClientAddress base = IpLiteral.parse(literal);
        if (base == null) {
            return null;
        }
        boolean writtenAsV6 = literal.indexOf(':') >= 0;
        int most = writtenAsV6 ? 128 : 32;
        int prefix = slash < 0 ? most : prefix(text, slash + 1);
        if (prefix < 0 || prefix > most) {
            return null;
        }
        if (writtenAsV6 && !base.v6()) {
            prefix -= 96;
        }
        CidrBlock block = new CidrBlock(base, prefix);
        return prefix >= 0 && block.hasNoHostBits() ? block : null;
    }

    private static int prefix(String text, int from) {
        int length = text.length() - from;
        if (length < 1 || length > 3 || (length > 1 && text.charAt(from) == '0')) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private boolean hasNoHostBits() {
        return (base.high() & ~highMask()) == 0 && (base.low() & ~lowMask()) == 0;
    }

    public boolean contains(ClientAddress address) {
        return address.v6() == base.v6()
                && (address.high() & highMask()) == base.high()
                && (address.low() & lowMask()) == base.low();
    }

    private long highMask() {
        return base.v6() ? ones(Math.min(prefix, 64)) : 0;
    }

    private long lowMask() {
        return base.v6() ? ones(Math.max(prefix - 64, 0)) : ones(prefix) >>> 32;
    }

    /** A mask of this many ones from the top; a shift by 64 would be a shift by none. */
    private static long ones(int count) {
        return count == 0 ? 0 : -1L << (64 - count);
    }

    @Override
    public String toString() {
        return base.text() + "/" + prefix;
    }
}
