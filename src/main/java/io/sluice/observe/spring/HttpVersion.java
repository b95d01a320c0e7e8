package io.sluice.observe.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.netty.http.server.HttpServerRequest;

/** The protocol version of a request, read from Reactor Netty's own request. */
final class HttpVersion {

    private HttpVersion() {}

    static boolean isHttp1(ServerHttpRequest request) {
        io.netty.handler.codec.http.HttpVersion version = of(request);
        return version != null && version.majorVersion() == 1;
    }

    /** HTTP/1.1, in which a connection is kept unless somebody says otherwise. */
    static boolean isHttp11(ServerHttpRequest request) {
        return io.netty.handler.codec.http.HttpVersion.HTTP_1_1.equals(of(request));
    }

    private static io.netty.handler.codec.http.@Nullable HttpVersion of(ServerHttpRequest request) {
        ServerHttpRequest innermost = request;
        while (innermost instanceof ServerHttpRequestDecorator decorator) {
            innermost = decorator.getDelegate();
        }
        return innermost instanceof AbstractServerHttpRequest server
                        && server.getNativeRequest() instanceof HttpServerRequest nettyRequest
                ? nettyRequest.version()
                : null;
    }
}
