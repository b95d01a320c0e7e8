package io.sluice.proxy.spring;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.netty.http.server.HttpServerResponse;

/**
 * gRPC's "Trailers-Only" answers. A call that fails before its first message is answered by one
 * block of headers, which the client reads as trailers (gRPC over HTTP/2, "Responses"). The gateway
 * sends a head and trailers as two blocks, so what came in the one is said again in the second;
 * otherwise the client would lose the error's metadata, such as {@code grpc-status-details-bin}.
 * Spring Cloud Gateway's own filter, which runs before, repeats only status and message. Stateless.
 */
final class GrpcTrailersOnly implements HttpHeadersFilter, Ordered {

    private static final String GRPC = "application/grpc";
    private static final String GRPC_WEB = "application/grpc-web";
    private static final String STATUS = "grpc-status";

    /** What describes the head or its framing and may not be a trailer (RFC 9110 section 6.5.1). */
    private static final Set<String> OF_THE_HEAD = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    static {
        OF_THE_HEAD.addAll(
                Set.of(
                        "age",
                        "cache-control",
                        "content-encoding",
                        "content-length",
                        "content-range",
                        "content-type",
                        "date",
                        "expires",
                        "location",
                        "retry-after",
                        "server",
                        "trailer",
                        "transfer-encoding",
                        "vary",
                        "warning"));
    }

    @Override
    public boolean supports(Type type) {
        return type == Type.RESPONSE;
    }

    /** After Spring Cloud Gateway's own, whose trailers these replace. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        if (input.getFirst(STATUS) != null && isGrpc(input.getFirst(HttpHeaders.CONTENT_TYPE))) {
            HttpServerResponse response = nettyResponse(exchange.getResponse());
            if (response != null) {
                response.trailerHeaders(trailers -> copy(input, trailers));
            }
        }
        return input;
    }

    private static void copy(HttpHeaders from, io.netty.handler.codec.http.HttpHeaders to) {
        from.forEach(
                (name, values) -> {
                    if (!OF_THE_HEAD.contains(name)) {
                        to.add(name, values);
                    }
                });
    }

    /** gRPC-Web has its own rule: there the status stays in the head. */
    private static boolean isGrpc(@Nullable String contentType) {
        return contentType != null
                && contentType.startsWith(GRPC)
                && !contentType.startsWith(GRPC_WEB);
    }

    private static @Nullable HttpServerResponse nettyResponse(ServerHttpResponse response) {
        ServerHttpResponse innermost = response;
        while (innermost instanceof ServerHttpResponseDecorator decorator) {
            innermost = decorator.getDelegate();
        }
        return innermost instanceof AbstractServerHttpResponse server
                        && server.getNativeResponse() instanceof HttpServerResponse netty
                ? netty
                : null;
    }
}
