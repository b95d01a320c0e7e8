package io.sluice.edge;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many connections there may be, in all and from one client. An IPv6 client is its /64, since
 * that is what one gets. Thread-safe.
 */
public final class ConnectionLimits {

    private final int most;
    private final int mostOfClient;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentMap<ClientAddress, Integer> byClient = new ConcurrentHashMap<>();

    /**
     * @param most connections in all
     * @param mostOfClient connections of one client; 0 is no limit
     */
    public ConnectionLimits(int most, int mostOfClient) {
        this.most = most;
        this.mostOfClient = mostOfClient;
    }

    /**
     * Counts one more connection, unless that is one too many. Each that was counted is given back
     * once by {@link #closed}.
     *
     * @param client whose connection it is, or {@code null} for one that counts in all only, such
     *     as a proxy's that stands for many
     * @return {@code null} where it was counted, else why not
     */
    public @Nullable Cut opened(@Nullable ClientAddress client) {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            return Cut.TOTAL;
        }
        if (client == null
                || mostOfClient == 0
                || byClient.merge(network(client), 1, Integer::sum) <= mostOfClient) {
            return null;
        }
        closed(client);
        return Cut.CLIENT;
    }

    /** Gives back one connection that {@link #opened} has counted. */
    public void closed(@Nullable ClientAddress client) {
        open.decrementAndGet();
        if (client != null && mostOfClient > 0) {
            byClient.computeIfPresent(
                    network(client), (key, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Clients that have a connection now. */
    int clients() {
        return byClient.size();
    }

    private static ClientAddress network(ClientAddress client) {
        return client.v6() ? ClientAddress.ofV6(client.high(), 0) : client;
    }
}
