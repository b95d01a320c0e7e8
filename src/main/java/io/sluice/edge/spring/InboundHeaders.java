package io.sluice.edge.spring;

import io.sluice.edge.Forwarding;
import io.sluice.edge.ReservedHeaders;
import io.sluice.edge.TrustedProxies;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Removes what only a proxy may say, and cuts what a believed proxy says to what is believed of it,
 * so that predicates and filters read nothing else. A request that has nothing of the kind is
 * passed on as it is, uncopied.
 */
final class InboundHeaders {

    private final ReservedHeaders reserved;
    private final TrustedProxies trustedProxies;
    private final Predicate<String> trustedByRoutes;

    /**
     * @param trustedByRoutes whether Spring Cloud Gateway's own {@code trusted-proxies} names this
     *     address; its headers then stay as they are, for that gateway's own filters
     */
    InboundHeaders(
            ReservedHeaders reserved,
            TrustedProxies trustedProxies,
            Predicate<String> trustedByRoutes) {
        this.reserved = reserved;
        this.trustedProxies = trustedProxies;
        this.trustedByRoutes = trustedByRoutes;
    }

    ServerHttpRequest clean(ServerHttpRequest request, String peer, Forwarding forwarding) {
        boolean believed = trustedProxies.trusts(peer);
        boolean passed = believed || (!peer.isEmpty() && trustedByRoutes.test(peer));
        List<String> removed = null;
        boolean chained = false;
        for (String name : request.getHeaders().headerNames()) {
            if (reserved.removes(name, passed)) {
                removed = removed == null ? new ArrayList<>(4) : removed;
                removed.add(name);
            } else if (believed) {
                chained |= isChain(name);
            }
        }
        if (removed == null && !chained) {
            return request;
        }
        List<String> gone = removed == null ? List.of() : removed;
        Map<String, String> rewritten = chained ? rewritten(forwarding) : Map.of();
        return request.mutate().headers(all -> apply(all, gone, rewritten)).build();
    }

    private static boolean isChain(String name) {
        int length = name.length();
        return (length == 9 && name.equalsIgnoreCase("Forwarded"))
                || (length > 12 && name.toLowerCase(Locale.ROOT).startsWith("x-forwarded-"));
    }

    private static Map<String, String> rewritten(Forwarding forwarding) {
        return Map.of(
                "X-Forwarded-For",
                forwarding.xForwardedForOfPeer(),
                "Forwarded",
                forwarding.forwardedOfPeer(),
                "X-Forwarded-Proto",
                forwarding.scheme(),
                "X-Forwarded-Host",
                forwarding.host(),
                "X-Forwarded-Port",
                Integer.toString(forwarding.port()));
    }

    private static void apply(
            HttpHeaders all, List<String> removed, Map<String, String> rewritten) {
        removed.forEach(all::remove);
        rewritten.forEach(
                (name, value) -> {
                    boolean said = all.getFirst(name) != null;
                    all.remove(name);
                    if (said && !value.isEmpty()) {
                        all.set(name, value);
                    }
                });
    }
}
