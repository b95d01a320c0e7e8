package io.sluice.ratelimit.spring;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.Connection;

/**
 * Goes on with a request on its own event loop. A store answers on the thread of its connection;
 * without this, one thread would carry every limited request to its upstream.
 */
final class OwnThread {

    private OwnThread() {}

    /**
     * The value, on the event loop of the exchange's connection; at once, on the calling thread,
     * when it is there. A subscriber that leaves cancels it.
     */
    static <T> Mono<T> resume(ServerWebExchange exchange, CompletableFuture<T> future) {
        if (future.isDone() && !future.isCompletedExceptionally()) {
            return Mono.just(future.join());
        }
        return Mono.create(
                sink -> {
                    sink.onCancel(() -> future.cancel(false));
                    future.whenComplete((value, failure) -> emit(exchange, sink, value, failure));
                });
    }

    private static <T> void emit(
            ServerWebExchange exchange, MonoSink<T> sink, T value, @Nullable Throwable failure) {
        Runnable emission =
                failure == null ? () -> sink.success(value) : () -> sink.error(cause(failure));
        Connection connection = connection(exchange.getRequest());
        if (connection == null || connection.channel().eventLoop().inEventLoop()) {
            emission.run();
        } else {
            connection.channel().eventLoop().execute(emission);
        }
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    private static @Nullable Connection connection(ServerHttpRequest request) {
        ServerHttpRequest plain = request;
        while (plain instanceof ServerHttpRequestDecorator decorator) {
            plain = decorator.getDelegate();
        }
        try {
            return plain instanceof AbstractServerHttpRequest own
                            && own.getNativeRequest() instanceof Connection connection
                    ? connection
                    : null;
        } catch (IllegalStateException noConnection) {
            // A request that was built, not received, refuses the question.
            return null;
        }
    }
}
