package io.sluice.balance.spring;

import io.sluice.upstream.Endpoint;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Puts an endpoint's address in front of a request's path and query, which stay as they are. */
final class TargetUri {

    private TargetUri() {}

    static URI of(Endpoint endpoint, @Nullable String scheme, @Nullable URI request) {
        StringBuilder text = new StringBuilder(96);
        text.append(schemeOf(endpoint, scheme)).append("://").append(endpoint.id());
        if (request != null) {
            if (request.getRawPath() != null) {
                text.append(request.getRawPath());
            }
            if (request.getRawQuery() != null) {
                text.append('?').append(request.getRawQuery());
            }
        }
        return URI.create(text.toString());
    }

    /** {@code lb:ws://id} asks for WebSockets; an https endpoint then speaks wss. */
    private static String schemeOf(Endpoint endpoint, @Nullable String scheme) {
        if (scheme == null) {
            return endpoint.scheme();
        }
        boolean secure = "https".equals(endpoint.scheme());
        return switch (scheme) {
            case "http", "https" -> endpoint.scheme();
            case "ws", "wss" -> secure ? "wss" : "ws";
            default -> scheme;
        };
    }
}
