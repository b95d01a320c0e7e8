package io.sluice.proxy.spring;

import io.sluice.settings.Setting;
import org.springframework.cloud.gateway.route.Route;

/**
 * The route metadata {@code upstream-protocol}. Its one value {@code h2c} makes the gateway speak
 * HTTP/2 without TLS to the upstream, from the first byte ("prior knowledge", RFC 9113 section
 * 3.3), as gRPC servers inside a cluster expect it. Absent, an {@code http://} upstream is spoken
 * to in HTTP/1.1; an {@code https://} one in HTTP/2 where TLS agrees on it and {@code
 * server.http2.enabled} is set.
 *
 * <p>The route says it, and not the request's content type: otherwise any client could make an
 * HTTP/1.1 upstream fail, and so be ejected, by claiming to send gRPC. Stateless.
 */
final class UpstreamProtocol {

    static final String METADATA = "upstream-protocol";

    private static final String H2C = "h2c";

    private UpstreamProtocol() {}

    static boolean isH2c(Route route) {
        return H2C.equals(route.getMetadata().get(METADATA));
    }

    /**
     * @throws io.sluice.settings.SettingException when the value is another, or the route's address
     *     asks for TLS
     */
    static void check(Route route) {
        Object value = route.getMetadata().get(METADATA);
        if (value != null) {
            Setting.require(
                    H2C.equals(value) && !"https".equals(route.getUri().getScheme()),
                    "spring.cloud.gateway.server.webflux.routes["
                            + route.getId()
                            + "].metadata."
                            + METADATA,
                    value,
                    "h2c, on a route whose uri is not https");
        }
    }
}
