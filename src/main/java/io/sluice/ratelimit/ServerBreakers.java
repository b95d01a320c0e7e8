package io.sluice.ratelimit;

import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * A breaker for each server of a store, so that one that does not answer leaves the buckets of the
 * others where they are. Safe for any number of threads.
 */
public final class ServerBreakers {

    /** Told of each change, once, on the thread that caused it. */
    @FunctionalInterface
    public interface Listener {
        void changed(String server, boolean open);
    }

    /** A server that left so many probes in a row unanswered is asked by another way. */
    private static final int PROBES_PER_WAY = 4;

    private record Guard(CircuitBreaker breaker, AtomicInteger probesLost) {}

    private final ConcurrentHashMap<String, Guard> guards = new ConcurrentHashMap<>();
    private final int threshold;
    private final Duration probeInterval;
    private final LongSupplier nanoClock;
    private final Listener listener;

    /**
     * @param threshold failures in a row that open a breaker, at least 1
     * @param probeInterval between two calls to a server while its breaker is open
     * @param nanoClock a monotonic clock in nanoseconds
     */
    public ServerBreakers(
            int threshold, Duration probeInterval, LongSupplier nanoClock, Listener listener) {
        this.threshold = threshold;
        this.probeInterval = probeInterval;
        this.nanoClock = nanoClock;
        this.listener = listener;
    }

    boolean anyOpen() {
        for (Guard guard : guards.values()) {
            if (guard.breaker().isOpen()) {
                return true;
            }
        }
        return false;
    }

    boolean isOpen(String server) {
        Guard guard = guards.get(server);
        return guard != null && guard.breaker().isOpen();
    }

    /** Whether a probe of this server is due; true makes the caller the one who makes it. */
    boolean probeIsDue(String server) {
        Guard guard = guards.get(server);
        return guard != null && guard.breaker().probeIsDue();
    }

    /** A probe was not answered; the answer is whether another way should be tried. */
    boolean probeLost(String server) {
        return guard(server).probesLost().incrementAndGet() % PROBES_PER_WAY == 0;
    }

    void succeeded(String server) {
        Guard guard = guards.get(server);
        if (guard != null) {
            guard.probesLost().set(0);
            guard.breaker().succeeded();
        }
    }

    /** A call failed; the answer is whether this one opened the breaker. */
    boolean failed(String server) {
        return guard(server).breaker().failed();
    }

    /** Forgets the servers that are no more. */
    void retain(Set<String> servers) {
        guards.keySet().retainAll(servers);
    }

    /** How many of these are left alone. */
    int open(Collection<String> servers) {
        return (int) servers.stream().filter(this::isOpen).count();
    }

    private Guard guard(String server) {
        return guards.computeIfAbsent(
                server,
                name ->
                        new Guard(
                                new CircuitBreaker(
                                        threshold,
                                        probeInterval,
                                        nanoClock,
                                        open -> listener.changed(name, open)),
                                new AtomicInteger()));
    }
}
