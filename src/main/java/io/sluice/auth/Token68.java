package io.sluice.auth;

/** The b64token of RFC 6750 section 2.1, by a table: it is looked at on every request. */
final class Token68 {

    private static final boolean[] TOKEN = new boolean[128];
    private static final boolean[] WITH_PADDING;

    static {
        for (char c = 0; c < TOKEN.length; c++) {
            TOKEN[c] =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || "-._~+".indexOf(c) >= 0;
        }
        WITH_PADDING = TOKEN.clone();
        WITH_PADDING['/'] = true;
        WITH_PADDING['='] = true;
    }

    private Token68() {}

    /** Whether each character may stand in one; stricter forms are the verifier's matter. */
    static boolean is(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= WITH_PADDING.length || !WITH_PADDING[c]) {
                return false;
            }
        }
        return true;
    }

    /** Whether it may stand in one and in the name of a scheme as well. */
    static boolean isTokenCharacter(char c) {
        return c < TOKEN.length && TOKEN[c];
    }
}
