package io.sluice.problem.spring;

import io.sluice.pipeline.RequestState;
import io.sluice.problem.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Writes a {@link Problem} as {@code application/problem+json} (RFC 9457). Stateless. */
public final class ProblemWriter {

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private ProblemWriter() {}

    /**
     * Answers the exchange with this problem. A response that is already on its way is left alone:
     * the connection's own end tells the client.
     */
    public static Mono<Void> write(ServerWebExchange exchange, Problem problem) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            return Mono.empty();
        }
        if (answeredByServer(response)) {
            // Otherwise the status would be sent once more when the exchange ends.
            response.setStatusCode(null);
            return Mono.empty();
        }
        byte[] body =
                body(
                        problem,
                        exchange.getRequest().getURI().getRawPath(),
                        RequestState.of(exchange).requestId());
        response.setStatusCode(HttpStatusCode.valueOf(problem.status()));
        HttpHeaders headers = response.getHeaders();
        headers.set(HttpHeaders.CONTENT_TYPE, "application/problem+json");
        headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
        headers.setContentLength(body.length);
        problem.headers().forEach(headers::set);
        if (exchange.getRequest().getMethod() == HttpMethod.HEAD) {
            return response.setComplete();
        }
        return response.writeWith(Mono.fromSupplier(() -> wrap(response, body)));
    }

    /**
     * Whether Reactor Netty has answered in the application's place: it does so when it cannot
     * decode the request's body, and then ends the body as if it were whole.
     */
    public static boolean answeredByServer(ServerHttpResponse response) {
        if (response.isCommitted()) {
            return false;
        }
        ServerHttpResponse innermost = response;
        while (innermost instanceof ServerHttpResponseDecorator decorator) {
            innermost = decorator.getDelegate();
        }
        return innermost instanceof AbstractServerHttpResponse server
                && nativeResponse(server) instanceof HttpServerResponse netty
                && netty.hasSentHeaders();
    }

    /** Spring's mock of a response has no native one and says so by throwing. */
    private static @Nullable Object nativeResponse(AbstractServerHttpResponse server) {
        try {
            return server.getNativeResponse();
        } catch (IllegalStateException mock) {
            return null;
        }
    }

    private static DataBuffer wrap(ServerHttpResponse response, byte[] body) {
        return response.bufferFactory().wrap(body);
    }

    /**
     * The body for an answer that is written without an exchange.
     *
     * @param instance the request's path, or {@code null} where none was understood
     */
    public static byte[] body(Problem problem, @Nullable String instance, String requestId) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", problem.type());
        body.put("title", problem.title());
        body.put("status", problem.status());
        body.put("detail", problem.detail());
        if (instance != null) {
            body.put("instance", instance);
        }
        body.put("requestId", requestId);
        body.put("error", problem.error());
        body.putAll(problem.extensions());
        return JSON.writeValueAsBytes(body);
    }
}
