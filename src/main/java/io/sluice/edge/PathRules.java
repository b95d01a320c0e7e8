package io.sluice.edge;

/**
 * Refuses a path that two readers could understand differently: a route's predicate, an access rule
 * and the upstream's own router must all see the same resource. Stateless.
 *
 * <p>A refused path is answered with 400. A path that passes is left as it is. The rules are those
 * of RFC 3986 section 3.3 (which characters a path may hold), tightened where real servers differ:
 * dot segments however written ({@code ..}, {@code %2e%2e}, {@code ..;x=1}), encoded slashes, and
 * whatever would turn into one of these when decoded once more.
 */
public final class PathRules {

    private static final byte PLAIN = 0;
    private static final byte DOT = 1;
    private static final byte PERCENT = 2;
    private static final byte ILLEGAL = 3;

    private static final byte[] KINDS = kinds();

    /** Deeper nesting than this is refused; it also bounds the work that a hostile path makes. */
    private static final int DEEPEST_ENCODING = 3;

    private PathRules() {}

    private static byte[] kinds() {
        byte[] kinds = new byte[128];
        for (int c = 0; c < kinds.length; c++) {
            boolean letterOrDigit =
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            boolean pchar = letterOrDigit || "/-_~!$&'()*+,;=:@".indexOf(c) >= 0;
            kinds[c] = pchar ? PLAIN : ILLEGAL;
        }
        kinds['.'] = DOT;
        kinds['%'] = PERCENT;
        return kinds;
    }

    /**
     * Judges a path as it stands in the request line, without query and fragment. One pass and no
     * allocation unless the path holds a percent sign. An empty path stands for {@code /}.
     */
    public static PathVerdict check(String rawPath) {
        int seen = 0;
        for (int i = 0; i < rawPath.length(); i++) {
            char c = rawPath.charAt(i);
            byte kind = c < 128 ? KINDS[c] : ILLEGAL;
            if (kind == ILLEGAL) {
                return illegal(c);
            }
            seen |= kind;
        }
        if (!rawPath.isEmpty() && rawPath.charAt(0) != '/') {
            return PathVerdict.NOT_ABSOLUTE;
        }
        if ((seen & PERCENT) != 0) {
            return checkEncoded(rawPath);
        }
        boolean dots = (seen & DOT) != 0 && hasDotSegment(rawPath);
        return dots ? PathVerdict.DOT_SEGMENT : PathVerdict.OK;
    }

    private static PathVerdict illegal(char c) {
        if (c == '\\') {
            return PathVerdict.BACKSLASH;
        }
        if (isControl(c)) {
            return PathVerdict.CONTROL_CHARACTER;
        }
        return c < 128 ? PathVerdict.ILLEGAL_CHARACTER : PathVerdict.NON_ASCII;
    }

    private static PathVerdict checkEncoded(String rawPath) {
        PercentDecoder decoder = new PercentDecoder(rawPath);
        PathVerdict first = decoder.decodeStrictly();
        if (first.refused()) {
            return first;
        }
        if (hasDotSegment(decoder.latin1())) {
            return PathVerdict.DOT_SEGMENT;
        }
        for (int depth = 1; depth <= DEEPEST_ENCODING; depth++) {
            if (!decoder.hasPercent()) {
                return PathVerdict.OK;
            }
            if (decoder.decodeAgainHides()) {
                return PathVerdict.DOUBLE_ENCODED;
            }
        }
        return decoder.hasEncoded() ? PathVerdict.DOUBLE_ENCODED : PathVerdict.OK;
    }

    /** Whether a segment, without its parameters, is one dot or two. */
    private static boolean hasDotSegment(String path) {
        int start = 0;
        while (start <= path.length()) {
            int end = path.indexOf('/', start);
            end = end < 0 ? path.length() : end;
            int dots = 0;
            while (start + dots < end && path.charAt(start + dots) == '.') {
                dots++;
            }
            int after = start + dots;
            boolean whole = after == end || path.charAt(after) == ';';
            if (whole && (dots == 1 || dots == 2)) {
                return true;
            }
            start = end + 1;
        }
        return false;
    }

    static boolean isControl(int c) {
        return c < 0x20 || (c >= 0x7f && c < 0xa0);
    }
}
