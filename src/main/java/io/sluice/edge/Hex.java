package io.sluice.edge;

/** Hexadecimal digits of ASCII only; {@link Character#digit} also takes those of other scripts. */
final class Hex {

    private Hex() {}

    /** 0 to 15, or -1 for anything else. */
    static int digit(int c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
