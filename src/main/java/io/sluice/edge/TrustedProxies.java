package io.sluice.edge;

import io.sluice.settings.SettingException;
import java.util.ArrayList;
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
     * The client's canonical address.
     *
     * <p>{@code Forwarded} is read only where there is no {@code X-Forwarded-For}. A proxy that
     * writes one of them has to remove or rewrite the other, as the two cannot be told apart here.
     *
     * @param peerAddress the literal address of the socket's other end
     * @param xForwardedFor the lines of X-Forwarded-For, in order; empty when absent
     * @param forwarded the lines of Forwarded (RFC 7239), in order; empty when absent
     * @return the address as {@link ClientAddress#text()}, or empty when the peer has none
     */
    public String clientOf(String peerAddress, List<String> xForwardedFor, List<String> forwarded) {
        ClientAddress peer = ClientAddress.parse(peerAddress);
        if (peer == null) {
            return "";
        }
        if (blocks.isEmpty() || !trusts(peer)) {
            return peer.text();
        }
        return xForwardedFor.isEmpty()
                ? walk(peer, forwarded, true).text()
                : walk(peer, xForwardedFor, false).text();
    }

    private ClientAddress walk(ClientAddress peer, List<String> lines, boolean rfc7239) {
        ClientAddress known = peer;
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
                    return known;
                }
                known = address;
                if (!trusts(known)) {
                    return known;
                }
                end = comma;
            }
        }
        return known;
    }

    private static @Nullable ClientAddress address(String entry, boolean rfc7239) {
        String node = rfc7239 ? ForwardedElement.node(entry) : entry;
        return node == null ? null : ClientAddress.parse(node);
    }
}
