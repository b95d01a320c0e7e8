package io.sluice.balance.spring;

import io.sluice.pipeline.RouteCheck;
import io.sluice.settings.SettingException;
import java.net.URI;
import org.springframework.cloud.gateway.route.Route;

/** Refuses a route to an upstream that can never have an instance. */
final class UpstreamRouteCheck implements RouteCheck {

    private final Upstreams upstreams;

    UpstreamRouteCheck(Upstreams upstreams) {
        this.upstreams = upstreams;
    }

    @Override
    public void check(Route route) {
        URI uri = route.getUri();
        if (!"lb".equals(uri.getScheme())) {
            return;
        }
        String id = idOf(uri);
        if (!upstreams.mayServe(id)) {
            throw new SettingException(
                    "spring.cloud.gateway.server.webflux.routes[" + route.getId() + "].uri",
                    uri,
                    "an upstream with instances (sluice.upstreams."
                            + id
                            + ".instances, .dns or .kubernetes) or a discovery client that knows "
                            + id);
        }
    }

    /** {@code lb:ws://id} is opaque to java.net.URI; the id is in its second half. */
    static String idOf(URI uri) {
        if (uri.isOpaque()) {
            return idOf(URI.create(uri.getSchemeSpecificPart()));
        }
        return uri.getHost() != null ? uri.getHost() : String.valueOf(uri.getRawAuthority());
    }
}
