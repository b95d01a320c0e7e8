package io.sluice.proxy.spring;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/**
 * A client's TLS context whose keys and trust can be exchanged while it is used: a connection takes
 * those of the moment in which it is made, one that stands keeps what it agreed on. Clients and
 * their pools see one and the same context throughout. Thread-safe.
 */
final class ReloadingSslContext extends SslContext {

    private final @Nullable String serverName;
    private volatile SslContext current;

    /**
     * @param serverName asked for and verified in place of the address that is connected to
     */
    ReloadingSslContext(SslContext first, @Nullable String serverName) {
        this.current = first;
        this.serverName = serverName;
    }

    void exchange(SslContext next) {
        current = next;
    }

    @Override
    public boolean isClient() {
        return true;
    }

    @Override
    public List<String> cipherSuites() {
        return current.cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation")
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return current.applicationProtocolNegotiator();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator) {
        return current.newEngine(allocator);
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
        return current.newEngine(allocator, serverName == null ? peerHost : serverName, peerPort);
    }

    @Override
    public SSLSessionContext sessionContext() {
        return current.sessionContext();
    }
}
