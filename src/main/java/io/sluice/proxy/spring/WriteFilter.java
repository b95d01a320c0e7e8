package io.sluice.proxy.spring;

import java.util.List;
import org.reactivestreams.Publisher;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Spring Cloud Gateway's writing of the upstream's answer, without the buffers that it loses when
 * the client of a streamed answer leaves ({@link StreamedBody}).
 */
final class WriteFilter extends NettyWriteResponseFilter {

    WriteFilter(
            List<MediaType> streamingMediaTypes,
            ObjectProvider<List<HttpHeadersFilter>> headersFilters) {
        super(streamingMediaTypes, headersFilters);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        ServerHttpResponse response = new Releasing(exchange.getResponse());
        return super.filter(exchange.mutate().response(response).build(), chain);
    }

    private static final class Releasing extends ServerHttpResponseDecorator {

        Releasing(ServerHttpResponse delegate) {
            super(delegate);
        }

        @Override
        public Mono<Void> writeAndFlushWith(
                Publisher<? extends Publisher<? extends DataBuffer>> groups) {
            StreamedBody body = new StreamedBody();
            return super.writeAndFlushWith(Flux.from(groups).map(body::held))
                    .doFinally(signal -> body.end());
        }
    }
}
