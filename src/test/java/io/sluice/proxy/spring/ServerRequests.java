package io.sluice.proxy.spring;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.lang.reflect.Constructor;
import java.lang.reflect.Proxy;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.netty.http.server.HttpServerRequest;

/** Requests as Spring wraps Reactor Netty's, without addresses and without bodies. */
final class ServerRequests {

    private ServerRequests() {}

    static ServerHttpRequest get(HttpHeaders headers) {
        Object netty =
                Proxy.newProxyInstance(
                        HttpServerRequest.class.getClassLoader(),
                        new Class<?>[] {HttpServerRequest.class},
                        (proxy, method, arguments) ->
                                switch (method.getName()) {
                                    case "requestHeaders" -> headers;
                                    case "method" -> HttpMethod.GET;
                                    case "uri" -> "/api/orders";
                                    case "scheme" -> "http";
                                    case "hostName" -> "shop.example.com";
                                    case "hostPort" -> 80;
                                    default -> null;
                                });
        try {
            Constructor<?> spring =
                    Class.forName(
                                    ServerHttpRequest.class.getPackageName()
                                            + ".ReactorServerHttpRequest")
                            .getDeclaredConstructor(
                                    HttpServerRequest.class, NettyDataBufferFactory.class);
            spring.setAccessible(true);
            return (ServerHttpRequest)
                    spring.newInstance(netty, new NettyDataBufferFactory(ByteBufAllocator.DEFAULT));
        } catch (ReflectiveOperationException changed) {
            throw new IllegalStateException("Spring's request is made otherwise now", changed);
        }
    }
}
