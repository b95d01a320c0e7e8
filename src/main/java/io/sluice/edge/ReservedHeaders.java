package io.sluice.edge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Headers by which a proxy tells an upstream what only a proxy can know: who the client is, which
 * address it asked for, which certificate it showed. A client that sends one speaks in the
 * gateway's name, so they are removed where the request comes in. Immutable.
 *
 * <p>All spellings that some upstream takes for the same header count: case, and any character that
 * is no letter and no digit in place of a dash, since CGI and its heirs read them alike. A proxy
 * that is believed may send its own, in the plain spelling only: another one is what a proxy passes
 * on from its client because it did not know it.
 */
public final class ReservedHeaders {

    /** Of no use to any upstream, whoever sends it. {@code Proxy} is read as HTTP_PROXY by CGI. */
    private static final List<String> NEVER =
            List.of("proxy", "proxy-connection", "http2-settings");

    /** A name that ends in an asterisk stands for all that begin so. */
    private static final List<String> OF_PROXIES =
            List.of(
                    // who the client is and what it asked for
                    "forwarded",
                    "x-forwarded",
                    "x-forwarded-*",
                    "x-real-ip",
                    "x-client-ip",
                    "x-cluster-client-ip",
                    "true-client-ip",
                    "x-original-forwarded-for",
                    "x-envoy-*",
                    // another address or method than the one that was judged
                    "x-original-url",
                    "x-original-uri",
                    "x-original-host",
                    "x-original-method",
                    "x-rewrite-url",
                    "x-http-method",
                    "x-http-method-override",
                    "x-method-override",
                    // the client's certificate
                    "client-cert",
                    "client-cert-chain",
                    "x-client-cert*",
                    "x-ssl-client-*",
                    "ssl-client-*",
                    "x-arr-clientcert");

    private final List<String> never;
    private final List<String> ofProxies;

    /**
     * @param passed names that are let through after all, in any spelling
     */
    public ReservedHeaders(Collection<String> passed) {
        this.never = without(NEVER, passed);
        this.ofProxies = without(OF_PROXIES, passed);
    }

    private static List<String> without(List<String> all, Collection<String> passed) {
        List<String> rest = new ArrayList<>(all.size());
        for (String pattern : all) {
            if (passed.stream().noneMatch(name -> matches(pattern, name))) {
                rest.add(pattern);
            }
        }
        return List.copyOf(rest);
    }

    /**
     * Whether this header is removed from a request. Without allocation.
     *
     * @param name the header's name in any spelling
     * @param believed whether a proxy sends it that is believed
     */
    public boolean removes(String name, boolean believed) {
        if (anyMatches(never, name)) {
            return true;
        }
        return anyMatches(ofProxies, name) && !(believed && isPlain(name));
    }

    private static boolean anyMatches(List<String> patterns, String name) {
        for (int i = 0; i < patterns.size(); i++) {
            if (matches(patterns.get(i), name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(String pattern, String name) {
        int length = pattern.length();
        boolean open = pattern.charAt(length - 1) == '*';
        int fixed = open ? length - 1 : length;
        if (open ? name.length() < fixed : name.length() != fixed) {
            return false;
        }
        for (int i = 0; i < fixed; i++) {
            if (pattern.charAt(i) != plain(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (plain(name.charAt(i)) == '-' && name.charAt(i) != '-') {
                return false;
            }
        }
        return true;
    }

    private static char plain(char c) {
        if (c >= 'A' && c <= 'Z') {
            return (char) (c - 'A' + 'a');
        }
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
    }
}
