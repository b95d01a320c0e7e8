package io.sluice.edge.spring;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.sluice.edge.AllowedHosts;
import io.sluice.edge.HostRules;
import io.sluice.edge.netty.ServerNames;
import io.sluice.pipeline.ClientConnection;
import io.sluice.pipeline.TrafficPort;
import io.sluice.problem.Problem;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.netty.http.server.HttpServerRequest;

/** What Netty lets through in a request's head and HTTP, or a setting, does not. Immutable. */
final class RequestHead {

    private static final int HIGHEST_MAJOR_VERSION = 3;

    private static final Problem BAD_HOST =
            badRequest("bad-host", "The request must name one valid Host.");
    private static final Problem BAD_TARGET =
            badRequest(
                    "bad-target", "The request target must be a path or an http or https address.");
    private static final Problem BAD_FRAMING =
            badRequest("bad-framing", "The only Transfer-Encoding spoken here is chunked.")
                    .withHeader("Connection", "close");
    private static final Problem BAD_VERSION =
            badRequest("bad-version", "The protocol version is not one of HTTP.");
    private static final Problem WEBSOCKET_VERSION =
            Problem.of(
                            426,
                            "websocket-version",
                            "Upgrade Required",
                            "Only version 13 of the WebSocket protocol is spoken here.")
                    .withHeader("Sec-WebSocket-Version", "13");

    private static final Problem FOREIGN_TARGET =
            badRequest("bad-target", "The request target must not name another host than Host.");

    private static final Problem MISDIRECTED =
            Problem.of(
                    421,
                    "misdirected-request",
                    "Misdirected Request",
                    "The host that the request names is not served here.");

    private final Set<String> methods;
    private final AllowedHosts allowedHosts;
    private final ServerNames serverNames;
    private final Problem methodNotAllowed;
    private final int maxHeaders;
    private final Problem tooManyHeaders;

    RequestHead(EdgeProperties settings, ServerNames serverNames) {
        this.allowedHosts = new AllowedHosts(settings.allowedHosts());
        this.serverNames = serverNames;
        this.methods = Set.copyOf(settings.allowedMethods());
        this.methodNotAllowed =
                Problem.of(
                                405,
                                "method-not-allowed",
                                "Method Not Allowed",
                                "The method is not allowed here.")
                        .withHeader("Allow", String.join(", ", settings.allowedMethods()));
        this.maxHeaders = settings.maxHeaders();
        this.tooManyHeaders =
                Problem.of(
                        431,
                        "too-many-headers",
                        "Request Header Fields Too Large",
                        "The request has more than " + maxHeaders + " header lines.");
    }

    private static Problem badRequest(String error, String detail) {
        return Problem.of(400, error, "Bad Request", detail);
    }

    /**
     * Why the request is refused, or {@code null}.
     *
     * @param line the request as it came, where the server is Reactor Netty's
     */
    @Nullable Problem problem(ServerHttpRequest request, @Nullable HttpServerRequest line) {
        if (line != null) {
            if (line.version().majorVersion() > HIGHEST_MAJOR_VERSION) {
                return BAD_VERSION;
            }
            if (!isTarget(line)) {
                return BAD_TARGET;
            }
            if (!isFraming(line.requestHeaders())) {
                return BAD_FRAMING;
            }
            if (line.requestHeaders().size() > maxHeaders) {
                return tooManyHeaders;
            }
        }
        if (!methods.contains(request.getMethod().name())) {
            return methodNotAllowed;
        }
        HttpHeaders headers = request.getHeaders();
        boolean mayLackHost = line == null || HttpVersion.HTTP_1_0.equals(line.version());
        if (!HostRules.accept(headers.getOrEmpty(HttpHeaders.HOST), mayLackHost)) {
            return BAD_HOST;
        }
        if (line != null && isForeign(line.uri(), hostOf(request))) {
            return FOREIGN_TARGET;
        }
        if (isMisdirected(request)) {
            return MISDIRECTED;
        }
        return isWebSocketOfAnotherVersion(headers) ? WEBSOCKET_VERSION : null;
    }

    /** Probes come by address. */
    private boolean isMisdirected(ServerHttpRequest request) {
        String host = Objects.requireNonNullElse(hostOf(request), "");
        return (!allowedHosts.allow(host)
                        || !serverNames.serve(
                                ClientConnection.channel(request), HostRules.name(host)))
                && !TrafficPort.isProbe(request);
    }

    private static @Nullable String hostOf(ServerHttpRequest request) {
        return request.getHeaders().getFirst(HttpHeaders.HOST);
    }

    /**
     * The body goes on framed anew, without this header, so any other coding would be lost; and
     * readers differ on lists and lines of it (RFC 9112 section 6.1).
     */
    private static boolean isFraming(io.netty.handler.codec.http.HttpHeaders headers) {
        if (!headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return true;
        }
        List<String> lines = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return lines.size() == 1 && lines.get(0).equalsIgnoreCase("chunked");
    }

    /** Whether the target is an address whose host is not the one that {@code Host} names. */
    private static boolean isForeign(String uri, @Nullable String host) {
        int from = uri.indexOf("://");
        if (uri.startsWith("/") || from < 0) {
            return false;
        }
        int to = from + 3;
        while (to < uri.length() && "/?#".indexOf(uri.charAt(to)) < 0) {
            to++;
        }
        String authority = uri.substring(from + 3, to);
        return !HostRules.accept(List.of(authority), false)
                || (host != null && !HostRules.same(authority, host, uri.substring(0, from)));
    }

    /** The request as it came, where the server is Reactor Netty's. */
    static @Nullable HttpServerRequest requestLine(ServerHttpRequest request) {
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
     * read by Spring, which refuses what is none. A fragment is no part of a target.
     */
    private static boolean isTarget(HttpServerRequest line) {
        String uri = line.uri();
        if (uri.indexOf('#') >= 0) {
            return false;
        }
        return uri.startsWith("/")
                || uri.regionMatches(true, 0, "http://", 0, 7)
                || uri.regionMatches(true, 0, "https://", 0, 8)
                || (uri.equals("*") && HttpMethod.OPTIONS.equals(line.method()));
    }

    /** Netty would take one without a version for the draft of 2010 and fail half way. */
    private static boolean isWebSocketOfAnotherVersion(HttpHeaders headers) {
        return "websocket".equalsIgnoreCase(headers.getFirst(HttpHeaders.UPGRADE))
                && !"13".equals(headers.getFirst("Sec-WebSocket-Version"));
    }
}
