package io.sluice.edge.spring;

import io.netty.handler.codec.http.HttpVersion;
import io.sluice.edge.HostRules;
import io.sluice.problem.Problem;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.netty.http.server.HttpServerRequest;

/** What Netty lets through in a request's head and HTTP does not. Stateless. */
final class RequestHead {

    private static final int HIGHEST_MAJOR_VERSION = 3;

    private static final Problem BAD_HOST =
            badRequest("bad-host", "The request must name one valid Host.");
    private static final Problem BAD_TARGET =
            badRequest(
                    "bad-target", "The request target must be a path or an http or https address.");
    private static final Problem BAD_VERSION =
            badRequest("bad-version", "The protocol version is not one of HTTP.");
    private static final Problem WEBSOCKET_VERSION =
            Problem.of(
                            426,
                            "websocket-version",
                            "Upgrade Required",
                            "Only version 13 of the WebSocket protocol is spoken here.")
                    .withHeader("Sec-WebSocket-Version", "13");

    private static final Problem CONNECT =
            Problem.of(
                    405, "method-not-allowed", "Method Not Allowed", "CONNECT is not spoken here.");

    private RequestHead() {}

    private static Problem badRequest(String error, String detail) {
        return Problem.of(400, error, "Bad Request", detail);
    }

    /** Why the request is refused, or {@code null}. */
    static @Nullable Problem problem(ServerHttpRequest request) {
        HttpServerRequest line = requestLine(request);
        if (line != null && line.version().majorVersion() > HIGHEST_MAJOR_VERSION) {
            return BAD_VERSION;
        }
        if (line != null && !isTarget(line.uri())) {
            return BAD_TARGET;
        }
        if ("CONNECT".equals(request.getMethod().name())) {
            // Its answer would turn the upstream's pooled connection into a tunnel.
            return CONNECT;
        }
        HttpHeaders headers = request.getHeaders();
        boolean mayLackHost = line == null || HttpVersion.HTTP_1_0.equals(line.version());
        if (!HostRules.accept(headers.getOrEmpty(HttpHeaders.HOST), mayLackHost)) {
            return BAD_HOST;
        }
        return isWebSocketOfAnotherVersion(headers) ? WEBSOCKET_VERSION : null;
    }

    /** The request as it came, where the server is Reactor Netty's. */
    private static @Nullable HttpServerRequest requestLine(ServerHttpRequest request) {
        ServerHttpRequest innermost = request;
        while (innermost instanceof ServerHttpRequestDecorator decorator) {
            innermost = decorator.getDelegate();
        }
        return innermost instanceof AbstractServerHttpRequest server
                        && server.getNativeRequest() instanceof HttpServerRequest line
                ? line
                : null;
    }

    /**
     * Reactor Netty would read a target without its slash as if it had one. The address form is
     * read by Spring, which refuses what is none.
     */
    private static boolean isTarget(String uri) {
        return uri.startsWith("/")
                || uri.regionMatches(true, 0, "http://", 0, 7)
                || uri.regionMatches(true, 0, "https://", 0, 8)
                || uri.equals("*");
    }

    /** Netty would take one without a version for the draft of 2010 and fail half way. */
    private static boolean isWebSocketOfAnotherVersion(HttpHeaders headers) {
        return "websocket".equalsIgnoreCase(headers.getFirst(HttpHeaders.UPGRADE))
                && !"13".equals(headers.getFirst("Sec-WebSocket-Version"));
    }
}
