package io.sluice.edge;

import io.sluice.settings.SettingException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who the client is, behind the proxies that are believed. Immutable; safe for any number of
 * threads.
 *
 * <p>Each proxy appends the address that it saw, so the list is true from the right as far as
 * trusted proxies wrote it: the walk starts at the peer and goes on while the address in hand is a
 * trusted proxy's. The first address that is not is the client. What stands further left was
 * written by whoever wanted to. An entry that is no address ends the walk, and the last address
 * known stands.
 */
public final class TrustedProxies {

    /** Believes nobody: the peer is the client. */
    public static final TrustedProxies NONE = new TrustedProxies(List.of());

    private final List<CidrBlock> blocks;

    private TrustedProxies(List<CidrBlock> blocks) {
        this.blocks = List.copyOf(blocks);
    }

    /**
     * Trusts the proxies that a setting lists.
     *
     * @param property the setting's full path, for the message
     * @param cidrs blocks or single addresses; empty trusts nobody
     * @throws SettingException for an entry that is neither
     */
    public static TrustedProxies of(String property, List<String> cidrs) {
        List<CidrBlock> blocks = new ArrayList<>(cidrs.size());
        for (int i = 0; i < cidrs.size(); i++) {
            CidrBlock block = CidrBlock.parse(cidrs.get(i));
            if (block == null) {
                throw new SettingException(
                        property + "[" + i + "]",
                        cidrs.get(i),
                        "an address or a CIDR block without host bits, such as 10.0.0.0/8 or"
                                + " fd00::/8");
            }
            blocks.add(block);
        }
        return new TrustedProxies(blocks);
    }

    public boolean trusts(ClientAddress address) {
        for (CidrBlock block : blocks) {
            if (block.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether this peer's forwarding headers may be believed at all; those of any other peer should
     * be removed before the request goes on.
     */
    public boolean trusts(String peerAddress) {
        ClientAddress peer = blocks.isEmpty() ? null : ClientAddress.parse(peerAddress);
        return peer != null && trusts(peer);
    }

    /**
     * The client's canonical address: the first of {@link #chainOf}.
     *
     * @return the address as {@link ClientAddress#text()}, or empty when the peer has none
     */
    public String clientOf(String peerAddress, List<String> xForwardedFor, List<String> forwarded) {
        List<ClientAddress> chain = chainOf(peerAddress, xForwardedFor, forwarded);
        return chain.isEmpty() ? "" : chain.get(0).text();
    }

    /**
     * The client, then the proxies between, as far as they are believed, then the peer.
     *
     * <p>{@code Forwarded} is read only where there is no {@code X-Forwarded-For}. A proxy that
     * writes one of them has to remove or rewrite the other, as the two cannot be told apart here.
     *
     * @param peerAddress the literal address of the socket's other end
     * @param xForwardedFor the lines of X-Forwarded-For, in order; empty when absent
     * @param forwarded the lines of Forwarded (RFC 7239), in order; empty when absent
     * @return at least the peer, or empty when it has no address
     */
    public List<ClientAddress> chainOf(
            String peerAddress, List<String> xForwardedFor, List<String> forwarded) {
        ClientAddress peer = ClientAddress.parse(peerAddress);
        if (peer == null) {
            return List.of();
        }
        boolean nothingSaid = xForwardedFor.isEmpty() && forwarded.isEmpty();
        if (nothingSaid || blocks.isEmpty() || !trusts(peer)) {
            return List.of(peer);
        }
        return xForwardedFor.isEmpty()
                ? walk(peer, forwarded, true)
                : walk(peer, xForwardedFor, false);
    }

    private List<ClientAddress> walk(ClientAddress peer, List<String> lines, boolean rfc7239) {
        Deque<ClientAddress> known = new ArrayDeque<>(4);
        known.add(peer);
        for (int i = lines.size() - 1; i >= 0; i--) {
            String line = lines.get(i);
            int end = line.length();
            while (end >= 0) {
                int comma =
                        rfc7239
                                ? ForwardedElement.separatorBefore(line, end, ',')
                                : line.lastIndexOf(',', end - 1);
                String entry = line.substring(comma + 1, end).strip();
                ClientAddress address = address(entry, rfc7239);
                if (address == null) {
                    return List.copyOf(known);
                }
                known.addFirst(address);
                if (!trusts(address)) {
                    return List.copyOf(known);
                }
                end = comma;
            }
        }
        return List.copyOf(known);
    }

    private static @Nullable ClientAddress address(String entry, boolean rfc7239) {
        String node = rfc7239 ? ForwardedElement.node(entry) : entry;
        return node == null ? null : ClientAddress.parse(node);
    }
}
