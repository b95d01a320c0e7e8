package io.sluice.tracing.spring;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import java.util.Set;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Names of spans and attributes: OpenTelemetry's for HTTP, and Sluice's own. */
final class SpanNames {

    static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    static final AttributeKey<Long> RESEND = AttributeKey.longKey("http.request.resend_count");
    static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
    static final AttributeKey<String> CLIENT = AttributeKey.stringKey("client.address");
    static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    static final AttributeKey<String> ROUTE = AttributeKey.stringKey("sluice.route");
    static final AttributeKey<String> UPSTREAM = AttributeKey.stringKey("sluice.upstream");
    static final AttributeKey<String> INSTANCE = AttributeKey.stringKey("sluice.instance");
    static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("sluice.attempts");
    static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("sluice.outcome");
    static final AttributeKey<String> REQUEST_ID = AttributeKey.stringKey("sluice.request_id");

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    private SpanNames() {}

    /** What to call a span before its route is known; bounded, whatever clients send. */
    static String method(ServerHttpRequest request) {
        String method = request.getMethod().name();
        return METHODS.contains(method) ? method : "HTTP";
    }

    static void describe(Span span, ServerHttpRequest request) {
        String method = request.getMethod().name();
        span.setAttribute(METHOD, METHODS.contains(method) ? method : "_OTHER");
        span.setAttribute(PATH, request.getURI().getRawPath());
    }
}
