package io.sluice.observe.spring;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Tells HTTP/2 clients to open their next stream on another connection, as {@code Connection:
 * close} does in HTTP/1.1: the two GOAWAY frames of a graceful end (RFC 9113 section 6.8). The
 * first goes out during the drain and allows every stream identifier, so that a stream which is on
 * its way is still served; it follows an answer, because some clients (the JDK's before Java 24)
 * give up the streams that are open when it comes. The second names the last stream that was, when
 * the listener is about to close. Connections that were never told get one from Reactor Netty then.
 * Thread-safe.
 */
final class GoAway implements SmartLifecycle {

    private final ChannelGroup told = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private volatile boolean running;

    /** Sends the first, once per connection; does nothing on a connection of HTTP/1.1. */
    void tell(@Nullable Channel channel) {
        if (running && channel instanceof Http2StreamChannel stream && told.add(stream.parent())) {
            write(stream.parent(), Integer.MAX_VALUE);
        }
    }

    private static void write(Channel connection, int extraStreams) {
        connection
                .eventLoop()
                .execute(
                        () ->
                                connection.writeAndFlush(
                                        new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR)
                                                .setExtraStreamIds(extraStreams)));
    }

    /** Below the drain, above the web server's graceful shutdown. */
    @Override
    public int getPhase() {
        return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        told.forEach(connection -> write(connection, 0));
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
