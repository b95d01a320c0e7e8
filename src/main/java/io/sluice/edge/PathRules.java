package io.sluice.edge;

import java.util.Set;

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
    private static final byte SEMICOLON = 4;
    private static final byte ILLEGAL = 8;

    private static final byte[] KINDS = kinds();

    /** Deeper nesting than this is refused; it also bounds the work that a hostile path makes. */
    private static final int DEEPEST_ENCODING = 3;

    private PathRules() {}

    private static byte[] kinds() {
        byte[] kinds = new byte[128];
        for (int c = 0; c < kinds.length; c++) {
            boolean letterOrDigit =
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            boolean pchar = letterOrDigit || "/-_~!$&'()*+,=:@".indexOf(c) >= 0;
            kinds[c] = pchar ? PLAIN : ILLEGAL;
        }
        kinds['.'] = DOT;
        kinds['%'] = PERCENT;
        kinds[';'] = SEMICOLON;
        return kinds;
    }

    /**
     * Judges a path as it stands in the request line, without query and fragment. One pass and no
     * allocation unless the path holds a percent sign. An empty path stands for {@code /}.
     */
    public static PathVerdict check(String rawPath) {
        return check(rawPath, Set.of());
    }

    /**
     * The same for a route that has asked for these relaxations. What they let pass is still looked
     * through: an encoded slash counts as a slash where dot segments are searched.
     */
    public static PathVerdict check(String rawPath, Set<PathRelaxation> relaxations) {
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
        PathVerdict verdict = PathVerdict.OK;
        if ((seen & PERCENT) != 0) {
            verdict = checkEncoded(rawPath, relaxations.contains(PathRelaxation.ENCODED_SLASH));
        } else if ((seen & DOT) != 0 && hasDotSegment(rawPath)) {
            verdict = PathVerdict.DOT_SEGMENT;
        }
        if (verdict.refused()) {
            return verdict;
        }
        if (hasEmptySegment(rawPath)) {
            return PathVerdict.EMPTY_SEGMENT;
        }
        boolean semicolon = (seen & SEMICOLON) != 0;
        return semicolon && !relaxations.contains(PathRelaxation.SEMICOLON)
                ? PathVerdict.SEMICOLON
                : PathVerdict.OK;
    }

    /** This path with each run of slashes made one. */
    public static String mergeSlashes(String rawPath) {
        return rawPath.contains("//") ? rawPath.replaceAll("/{2,}", "/") : rawPath;
    }

    /**
     * Whether a segment but the last is empty, or holds nothing but parameters. Many servers drop
     * such a segment, and then see another path.
     */
    private static boolean hasEmptySegment(String path) {
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            int next = slash + 1;
            if (next < path.length() && (path.charAt(next) == '/' || path.charAt(next) == ';')) {
                return true;
            }
        }
        return false;
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

    private static PathVerdict checkEncoded(String rawPath, boolean slashes) {
        PercentDecoder decoder = new PercentDecoder(rawPath);
        PathVerdict first = decoder.decodeStrictly(slashes);
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
