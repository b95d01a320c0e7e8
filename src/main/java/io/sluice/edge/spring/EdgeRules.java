package io.sluice.edge.spring;

import io.sluice.edge.RequestUris;
import io.sluice.edge.ReservedHeaders;
import io.sluice.edge.TrustedProxies;
import io.sluice.edge.netty.ClientConnections;
import io.sluice.edge.netty.ServerNames;
import io.sluice.pipeline.Draft;
import io.sluice.pipeline.Part;
import io.sluice.pipeline.Reloadable;
import java.util.function.Predicate;

/**
 * What the edge decides by. Immutable.
 *
 * @param trustedProxies whose forwarding headers are believed
 * @param mergeSlashes whether a run of slashes is one
 * @param requestUris where a client may have a request sent
 */
record EdgeRules(
        TrustedProxies trustedProxies,
        RequestHead head,
        InboundHeaders inbound,
        BodyRules bodies,
        boolean mergeSlashes,
        RequestUris requestUris) {

    static final Part<EdgeRules> PART = new Part<>();

    /**
     * What needs a restart to change.
     *
     * @param trustedByRoutes whom Spring Cloud Gateway's own setting trusts besides
     * @param names which the server has certificates for
     */
    record Fixed(
            Predicate<String> trustedByRoutes, ServerNames names, ClientConnections connections) {}

    static EdgeRules of(TrustedProxies trustedProxies, EdgeProperties settings, Fixed fixed) {
        return new EdgeRules(
                trustedProxies,
                new RequestHead(settings, fixed.names()),
                new InboundHeaders(
                        new ReservedHeaders(settings.passHeaders()),
                        trustedProxies,
                        fixed.trustedByRoutes()),
                new BodyRules(fixed.connections(), settings.maxBodySize().toBytes()),
                settings.mergeSlashes(),
                new RequestUris(settings.requestUriHosts()));
    }

    /** Takes other rules for requests; what is decided per connection needs a restart. */
    static Reloadable reload(Fixed fixed) {
        return (Draft draft) -> {
            TrustedProxies proxies = draft.setting(TrustedProxies.class);
            EdgeProperties settings = draft.setting(EdgeProperties.class);
            draft.put(PART, of(proxies, settings, fixed));
            draft.afterSwap(() -> fixed.connections().trust(proxies));
        };
    }
}
