package io.sluice.edge.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.sluice.edge.ClientAddress;
import io.sluice.edge.ConnectionLimits;
import io.sluice.edge.Cut;
import io.sluice.edge.TrustedProxies;
import io.sluice.observe.RequestIds;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyPipeline;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

/** Puts the limits of clients into a server. */
public final class ClientConnections {

    private final ClientLimits limits;
    private final WebSocketLimits webSockets;
    private final ConnectionLimits connections;
    private volatile TrustedProxies proxies;
    private final boolean h2c;
    private final Rounds rounds;
    private final ErrorBodies errors;

    /**
     * @param proxies whose connections stand for many clients and count in all only
     * @param h2c whether HTTP/2 is spoken without TLS
     */
    public ClientConnections(
            ClientLimits limits,
            WebSocketLimits webSockets,
            ConnectionLimits connections,
            TrustedProxies proxies,
            boolean h2c,
            RequestIds ids,
            LongSupplier clock) {
        this.limits = limits;
        this.webSockets = webSockets;
        this.connections = connections;
        this.proxies = proxies;
        this.h2c = h2c;
        this.rounds = new Rounds(clock);
        this.errors = new ErrorBodies(ids);
    }

    /** Connections that are opened from now on count by these. */
    public void trust(TrustedProxies others) {
        this.proxies = others;
    }

    public HttpServer apply(HttpServer server) {
        HttpServer open =
                h2c || server.configuration().sslProvider() != null
                        ? server
                        : server.protocol(HttpProtocol.HTTP11);
        return open.doOnChannelInit((observer, channel, none) -> opened(channel))
                .childObserve(this::watchStream);
    }

    /**
     * What the body of a request on this channel is held to.
     *
     * @param mostBytes 0 is no limit
     * @param mayPause whether it may be slow; asked whenever it is
     */
    public BodyGuard guard(Channel channel, long mostBytes, BooleanSupplier mayPause) {
        return BodyGuard.of(mostBytes, limits, rounds, channel.eventLoop(), mayPause);
    }

    private void opened(Channel channel) {
        ClientAddress client = client(channel.remoteAddress());
        Cut refusal = connections.opened(client);
        if (refusal != null) {
            limits.told().accept(refusal);
            channel.close();
            return;
        }
        channel.closeFuture().addListener(closed -> connections.closed(client));
        ConnectionWatch watch = new ConnectionWatch(limits, webSockets, rounds, errors);
        ChannelPipeline pipeline = channel.pipeline();
        if (pipeline.get(NettyPipeline.SslHandler) == null) {
            pipeline.addFirst(ConnectionWatch.NAME, watch);
            if (h2c) {
                // From the first byte on: what is read ahead of the upgrade would pass it by.
                pipeline.addAfter(
                        ConnectionWatch.NAME, FloodGuard.NAME, new FloodGuard(limits, rounds));
            }
            watch.join(pipeline);
        } else {
            pipeline.addAfter(NettyPipeline.SslHandler, ConnectionWatch.NAME, watch);
        }
    }

    private @Nullable ClientAddress client(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return null;
        }
        String text = inet.getAddress().getHostAddress();
        return proxies.trusts(text) ? null : ClientAddress.parse(text);
    }

    private void watchStream(Connection connection, ConnectionObserver.State state) {
        if (state == ConnectionObserver.State.CONFIGURED
                && connection.channel() instanceof Http2StreamChannel stream
                && stream.pipeline().get(StreamWatch.NAME) == null
                && stream.pipeline().get(NettyPipeline.HttpTrafficHandler) != null) {
            stream.pipeline()
                    .addBefore(
                            NettyPipeline.HttpTrafficHandler,
                            StreamWatch.NAME,
                            new StreamWatch(limits, rounds));
        }
    }
}
