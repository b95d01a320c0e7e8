package io.sluice.pipeline;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;

/** The connection that a request came on; in HTTP/2 its stream. */
public final class ClientConnection {

    private static final Class<?> FROM_SERVER = fromServer();

    private ClientConnection() {}

    /**
     * The socket's other end. {@link ServerHttpRequest#getRemoteAddress()} may be what a header
     * says, where forwarding headers are switched on for the server as a whole.
     */
    public static @Nullable InetSocketAddress peer(ServerHttpRequest request) {
        return innermost(request) instanceof HttpServerRequest netty
                        && netty.connectionRemoteAddress() instanceof InetSocketAddress address
                ? address
                : request.getRemoteAddress();
    }

    /**
     * Whether it is closed. Asked before a response has ended, that means that the client has left:
     * Reactor Netty then ends a response that is being written, or a body that is being read, in
     * several ways, and not always by cancelling.
     */
    public static boolean closed(ServerHttpRequest request) {
        return innermost(request) instanceof Connection connection
                && !connection.channel().isActive();
    }

    /**
     * The connection's channel, or {@code null} for a request that came on none. To be asked for
     * while the request is young: when it has been answered Reactor Netty shows a stand-in.
     */
    public static @Nullable Channel channel(ServerHttpRequest request) {
        return innermost(request) instanceof Connection connection ? connection.channel() : null;
    }

    /**
     * The request as the server made it, or {@code null} where a filter has put another in its
     * place, be it with other headers or with another body.
     */
    public static @Nullable HttpServerRequest untouched(ServerHttpRequest request) {
        return FROM_SERVER.isInstance(request)
                        && request instanceof AbstractServerHttpRequest server
                        && server.getNativeRequest() instanceof HttpServerRequest netty
                ? netty
                : null;
    }

    /** Spring's request over Reactor Netty's, which it does not show. */
    private static Class<?> fromServer() {
        try {
            return Class.forName(
                    AbstractServerHttpRequest.class.getPackageName() + ".ReactorServerHttpRequest");
        } catch (ClassNotFoundException e) {
            return Void.class;
        }
    }

    private static @Nullable Object innermost(ServerHttpRequest request) {
        ServerHttpRequest inner = request;
        while (inner instanceof ServerHttpRequestDecorator decorator) {
            inner = decorator.getDelegate();
        }
        return inner instanceof AbstractServerHttpRequest server ? nativeRequest(server) : null;
    }

    /** Spring's mock of a request has no native one and says so by throwing. */
    private static @Nullable Object nativeRequest(AbstractServerHttpRequest server) {
        try {
            return server.getNativeRequest();
        } catch (IllegalStateException mock) {
            return null;
        }
    }
}
