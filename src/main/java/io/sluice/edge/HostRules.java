package io.sluice.edge;

import java.util.List;

/**
 * Which Host a request may name. Routes and upstreams decide by it, so it must be there once and
 * read the same everywhere (RFC 9112, section 3.2). Narrower than the grammar of RFC 3986: names
 * that need percent signs or sub-delimiters are no names of hosts. Stateless.
 */
public final class HostRules {

    private static final int HIGHEST_PORT = 65_535;

    private HostRules() {}

    /**
     * Whether these are the Host lines of a request that can be routed.
     *
     * @param lines the values of its Host lines
     * @param mayLack whether there may be none, as in HTTP/1.0
     */
    public static boolean accept(List<String> lines, boolean mayLack) {
        if (lines.size() != 1) {
            return lines.isEmpty() && mayLack;
        }
        return isHostAndPort(lines.get(0));
    }

    private static boolean isHostAndPort(String text) {
        int end = text.startsWith("[") ? text.indexOf(']') + 1 : nameEnd(text);
        if (end <= 0) {
            return false;
        }
        boolean literal = text.charAt(0) == '[';
        if (literal && !isAddress(text.substring(1, end - 1))) {
            return false;
        }
        return end == text.length() || (text.charAt(end) == ':' && isPort(text, end + 1));
    }

    /** The port of a host that {@link #accept} accepts, or 0 where it names none. */
    static int portOf(String host) {
        int colon = host.lastIndexOf(':');
        return colon < 0 || host.endsWith("]") ? 0 : port(host.substring(colon + 1));
    }

    /** A port of digits, 1 to 65535; 0 for anything else. */
    static int port(String text) {
        if (text.isEmpty() || text.length() > 5 || !isPort(text, 0)) {
            return 0;
        }
        return Integer.parseInt(text);
    }

    /**
     * Whether two hosts are one: in any case, the scheme's own port being the same as none.
     *
     * @param scheme {@code http} or {@code https}
     */
    public static boolean same(String one, String other, String scheme) {
        int own = "https".equalsIgnoreCase(scheme) ? 443 : 80;
        return name(one).equalsIgnoreCase(name(other)) && portOr(one, own) == portOr(other, own);
    }

    private static int portOr(String host, int own) {
        int port = portOf(host);
        return port == 0 ? own : port;
    }

    /** The host without its port. */
    public static String name(String host) {
        int colon = host.lastIndexOf(':');
        return colon < 0 || host.endsWith("]") ? host : host.substring(0, colon);
    }

    private static int nameEnd(String text) {
        int end = 0;
        while (end < text.length() && isNameCharacter(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean isNameCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }

    private static boolean isAddress(String text) {
        return text.indexOf(':') >= 0 && IpLiteral.parse(text) != null;
    }

    /** Digits up to the highest port; none at all stands for the scheme's own port. */
    private static boolean isPort(String text, int from) {
        int port = 0;
        for (int i = from; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            port = port * 10 + digit;
            if (port > HIGHEST_PORT) {
                return false;
            }
        }
        return true;
    }
}
