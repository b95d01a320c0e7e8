package io.sluice.proxy.spring;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.util.ReferenceCountUtil;
import io.sluice.pipeline.Inline;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.TrailerHeadersFilter;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;

/**
 * Writes the upstream's answer, in the place of Spring Cloud Gateway's filter and to the same
 * effect. A small body that has come with its head goes out with it, in one piece; another is
 * passed on as it comes, and one of a streaming media type is flushed at every part. Of the latter
 * nothing is lost when the client leaves ({@link StreamedBody}). Stateless.
 */
@Inline
final class WriteFilter extends NettyWriteResponseFilter {

    private final List<MediaType> streamingMediaTypes;

    WriteFilter(
            List<MediaType> streamingMediaTypes,
            ObjectProvider<List<HttpHeadersFilter>> headersFilters) {
        super(streamingMediaTypes, headersFilters);
        this.streamingMediaTypes = List.copyOf(streamingMediaTypes);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return chain.filter(exchange)
                .then(Mono.defer(() -> write(exchange)))
                .doFinally(signal -> ended(exchange, signal));
    }

    private Mono<Void> write(ServerWebExchange exchange) {
        Connection connection = exchange.getAttribute(CLIENT_RESPONSE_CONN_ATTR);
        if (connection == null) {
            return Mono.empty();
        }
        ServerHttpResponse response = exchange.getResponse();
        Flux<ByteBuf> body = connection.inbound().receive().retain();
        if (ResponseGuard.isWhole(connection)) {
            return response.writeWith(
                    body.reduce(WriteFilter::joined)
                            .doOnDiscard(ByteBuf.class, ReferenceCountUtil::release)
                            .map(bytes -> wrap(bytes, response)));
        }
        Flux<DataBuffer> parts = body.map(bytes -> wrap(bytes, response));
        Mono<Void> written =
                isStreaming(response) ? streamed(response, parts) : response.writeWith(parts);
        HttpClientResponse answer = exchange.getAttribute(CLIENT_RESPONSE_ATTR);
        return written.then(TrailerHeadersFilter.filter(getHeadersFilters(), exchange, answer))
                .then();
    }

    private static ByteBuf joined(ByteBuf first, ByteBuf next) {
        CompositeByteBuf all =
                first instanceof CompositeByteBuf begun
                        ? begun
                        : first.alloc().compositeBuffer().addComponent(true, first);
        return all.addComponent(true, next);
    }

    private static Mono<Void> streamed(ServerHttpResponse response, Flux<DataBuffer> parts) {
        StreamedBody body = new StreamedBody();
        return response.writeAndFlushWith(parts.map(part -> body.held(Flux.just(part))))
                .doFinally(signal -> body.end());
    }

    private boolean isStreaming(ServerHttpResponse response) {
        MediaType type = mediaType(response);
        if (type != null) {
            for (MediaType streaming : streamingMediaTypes) {
                if (streaming.isCompatibleWith(type)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static @Nullable MediaType mediaType(ServerHttpResponse response) {
        try {
            return response.getHeaders().getContentType();
        } catch (InvalidMediaTypeException e) {
            return null;
        }
    }

    /** An answer that nobody takes any more, or that broke off, takes its connection with it. */
    private static void ended(ServerWebExchange exchange, SignalType signal) {
        if (signal != SignalType.ON_COMPLETE) {
            Connection connection = exchange.getAttribute(CLIENT_RESPONSE_CONN_ATTR);
            if (connection != null) {
                connection.dispose();
            }
        }
    }
}
