package io.sluice.edge;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a client may have its request sent on a route that lets it say so. Without bounds it could
 * reach whatever the gateway can: its own management port, a cloud's metadata, another's upstream.
 * Immutable.
 */
public final class RequestUris {

    private static final Set<String> SCHEMES = Set.of("http", "https", "ws", "wss");

    private final @Nullable AllowedHosts hosts;

    /**
     * @param hosts what may be named beside the targets of routes, on any port; as {@link
     *     AllowedHosts#isHost} has them
     */
    public RequestUris(List<String> hosts) {
        this.hosts = hosts.isEmpty() ? null : new AllowedHosts(hosts);
    }

    /**
     * Whether the request may go there.
     *
     * @param configured the targets of routes; one of the same scheme, host and port is enough
     */
    public boolean allow(URI target, Iterable<URI> configured) {
        String scheme = scheme(target);
        String host = target.getHost();
        if (host == null || target.getRawUserInfo() != null) {
            return false;
        }
        for (URI one : configured) {
            if (scheme.equals(scheme(one))
                    && host.equalsIgnoreCase(one.getHost())
                    && port(target) == port(one)) {
                return true;
            }
        }
        return hosts != null && SCHEMES.contains(scheme) && hosts.allow(host);
    }

    private static String scheme(URI uri) {
        return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return switch (scheme(uri)) {
            case "http", "ws" -> 80;
            case "https", "wss" -> 443;
            default -> -1;
        };
    }
}
