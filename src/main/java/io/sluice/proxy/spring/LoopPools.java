package io.sluice.proxy.spring;

import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.NonBlocking;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.TransportConfig;

/**
 * Pools of connections, a set for each event loop: a request is sent on a connection of the loop
 * that it was read on, so that neither the request nor its answer changes threads. Reactor Netty's
 * one pool hands out any idle connection, most of them another loop's. The price is that each loop
 * keeps idle connections of its own. Threads that are no event loop share a further set.
 *
 * <p>Limits hold for each set, so this is for pools without a limit.
 */
final class LoopPools implements ConnectionProvider {

    private final IntFunction<ConnectionProvider> pools;
    private final ConnectionProvider shared;
    private final List<ConnectionProvider> all = new CopyOnWriteArrayList<>();
    private final FastThreadLocal<ConnectionProvider> ofThread =
            new FastThreadLocal<>() {
                @Override
                protected ConnectionProvider initialValue() {
                    return isLoop(Thread.currentThread()) ? next() : shared;
                }
            };

    /**
     * @param pools makes a set of pools; asked with 0 at once, and with 1 and so on for the event
     *     loops as they come
     */
    LoopPools(IntFunction<ConnectionProvider> pools) {
        this.pools = pools;
        this.shared = next();
    }

    private synchronized ConnectionProvider next() {
        ConnectionProvider made = pools.apply(all.size());
        all.add(made);
        return made;
    }

    private static boolean isLoop(Thread thread) {
        return thread instanceof FastThreadLocalThread && thread instanceof NonBlocking;
    }

    @Override
    public Mono<? extends Connection> acquire(
            TransportConfig config,
            ConnectionObserver observer,
            @Nullable Supplier<? extends SocketAddress> remote,
            @Nullable AddressResolverGroup<?> resolver) {
        return ofThread.get().acquire(config, observer, remote, resolver);
    }

    @Override
    public void disposeWhen(SocketAddress address) {
        all.forEach(one -> one.disposeWhen(address));
    }

    @Override
    public void dispose() {
        all.forEach(ConnectionProvider::dispose);
    }

    @Override
    public Mono<Void> disposeLater() {
        return Flux.fromIterable(all).flatMap(ConnectionProvider::disposeLater).then();
    }

    @Override
    public boolean isDisposed() {
        return shared.isDisposed();
    }

    @Override
    public int maxConnections() {
        return shared.maxConnections();
    }

    @Override
    public @Nullable Map<SocketAddress, Integer> maxConnectionsPerHost() {
        return shared.maxConnectionsPerHost();
    }

    /** For HTTP/2, which has one set of pools. */
    @Override
    public @Nullable Builder mutate() {
        return shared.mutate();
    }

    @Override
    public @Nullable String name() {
        return shared.name();
    }
}
