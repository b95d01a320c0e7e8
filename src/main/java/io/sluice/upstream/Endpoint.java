package io.sluice.upstream;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One address of an upstream, as its source described it. Immutable.
 *
 * @param scheme {@code http} or {@code https}
 * @param host host name or address; an IPv6 address without brackets
 * @param port 1 to 65535
 * @param weight relative share of new picks; 0 drains: no new picks, running requests finish
 * @param zone where it runs, or {@code null} when its source does not say
 * @param metadata free text from its source; no part of its identity
 */
public record Endpoint(
        String scheme,
        String host,
        int port,
        int weight,
        @Nullable String zone,
        Map<String, String> metadata) {

    public Endpoint {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
        }
        if (weight < 0) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: >= 0)");
        }
        metadata = Map.copyOf(metadata);
    }

    /**
     * The identity that all state hangs on, {@code host:port}: scaling, reload, a changed weight
     * and a changed health keep it (architecture rule 3).
     */
    public String id() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
