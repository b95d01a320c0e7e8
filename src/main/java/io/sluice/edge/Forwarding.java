package io.sluice.edge;

import java.util.List;

/**
 * On whose behalf a request comes and what it asked for, as far as that is believed; the forwarding
 * headers for the upstream are written from it and from nothing else. Immutable.
 *
 * @param chain the client first, then the proxies that are believed, the socket's other end last;
 *     empty when the request came on no socket
 * @param scheme {@code http} or {@code https}, as the client spoke it
 * @param host the host and port that the client named; empty when it named none
 * @param port the port that the client asked, 1 to 65535
 */
public record Forwarding(List<ClientAddress> chain, String scheme, String host, int port) {

    public Forwarding {
        chain = List.copyOf(chain);
    }

    /**
     * Settles what is believed.
     *
     * <p>{@code X-Forwarded-Proto}, {@code -Host} and {@code -Port} are read from the right as far
     * as believed proxies wrote them, as the addresses are; a value that cannot be one is passed
     * over for the gateway's own view.
     *
     * @param proxies whose headers are believed
     * @param peerAddress the literal address of the socket's other end
     * @param headers the request's forwarding headers
     * @param ownScheme the scheme of this connection
     * @param ownHost the request's {@code Host}, or empty
     */
    public static Forwarding of(
            TrustedProxies proxies,
            String peerAddress,
            ForwardingHeaders headers,
            String ownScheme,
            String ownHost) {
        List<ClientAddress> chain =
                proxies.chainOf(peerAddress, headers.xForwardedFor(), headers.forwarded());
        int believed = proxies.trusts(peerAddress) ? Math.max(1, chain.size() - 1) : 0;
        String proto = at(headers.xForwardedProto(), believed);
        boolean known = proto.equals("http") || proto.equals("https");
        String scheme = known ? proto : ownScheme;
        String named = at(headers.xForwardedHost(), believed);
        String host = HostRules.accept(List.of(named), false) ? named : ownHost;
        int port = HostRules.port(at(headers.xForwardedPort(), believed));
        port = port > 0 ? port : HostRules.portOf(host);
        return new Forwarding(
                chain, scheme, host, port > 0 ? port : scheme.equals("https") ? 443 : 80);
    }

    /** The entry that the first of this many believed proxies wrote; empty where there is none. */
    private static String at(List<String> lines, int believed) {
        if (believed == 0 || lines.isEmpty()) {
            return "";
        }
        String[] entries = String.join(",", lines).split(",", -1);
        return entries[Math.max(0, entries.length - believed)].strip();
    }

    /** The client's canonical address; empty when there is none. */
    public String client() {
        return chain.isEmpty() ? "" : chain.get(0).text();
    }

    /** The value of {@code X-Forwarded-For} for the upstream; the peer is its last entry. */
    public String xForwardedFor() {
        return joined(chain.size());
    }

    /** The same as the peer had to write it: without the peer itself. May be empty. */
    public String xForwardedForOfPeer() {
        return joined(Math.max(0, chain.size() - 1));
    }

    private String joined(int count) {
        StringBuilder out = new StringBuilder(count * 16);
        for (int i = 0; i < count; i++) {
            out.append(i == 0 ? "" : ", ").append(chain.get(i).text());
        }
        return out.toString();
    }

    /** The value of {@code Forwarded} (RFC 7239) for the upstream. */
    public String forwarded() {
        return elements(chain.size());
    }

    /** The same as the peer had to write it: without the peer itself. May be empty. */
    public String forwardedOfPeer() {
        return elements(Math.max(0, chain.size() - 1));
    }

    private String elements(int count) {
        StringBuilder out = new StringBuilder(count * 24 + 48);
        for (int i = 0; i < count; i++) {
            ClientAddress address = chain.get(i);
            out.append(i == 0 ? "for=" : ", for=");
            if (address.v6()) {
                out.append("\"[").append(address.text()).append("]\"");
            } else {
                out.append(address.text());
            }
            if (i == 0) {
                out.append(";proto=").append(scheme);
                if (!host.isEmpty()) {
                    out.append(";host=\"").append(host).append('"');
                }
            }
        }
        return out.toString();
    }
}
