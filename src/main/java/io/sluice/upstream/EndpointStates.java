package io.sluice.upstream;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The states of one upstream's endpoints by id. An id that leaves and comes back within the grace
 * finds its counts and its estimate again; one that stays away is forgotten once the grace is over
 * and nothing is in flight there, so that churn does not fill the memory.
 *
 * <p>{@link #state} may be called by any thread, {@link #retain} by one writer.
 */
public final class EndpointStates {

    private static final Duration DEFAULT_GRACE = Duration.ofMinutes(1);

    private final long graceNanos;
    private final InFlightTotal total = new InFlightTotal();
    private final Map<String, EndpointState> states = new ConcurrentHashMap<>();

    /** When ids left, in nanoseconds. Only the writer touches it. */
    private final Map<String, Long> leftAt = new HashMap<>();

    public EndpointStates() {
        this(DEFAULT_GRACE);
    }

    /**
     * @param grace how long the state of an id that left is kept at least; 0 for as long as
     *     something is in flight
     */
    public EndpointStates(Duration grace) {
        this.graceNanos = grace.toNanos();
    }

    /** The state of an id, made on first use. */
    public EndpointState state(String id) {
        return states.computeIfAbsent(id, key -> new EndpointState(key, total));
    }

    /** What is in flight at all endpoints, those that left included. */
    public InFlightTotal total() {
        return total;
    }

    /** How many ids are remembered. */
    public int size() {
        return states.size();
    }

    /**
     * Tells which ids there are now, and forgets what left long enough ago and is idle. To be
     * called on every change of the set and now and then between changes. A request that still
     * holds an old snapshot may lease a forgotten state; that lease counts there and in the total
     * and harms nobody.
     */
    public void retain(Set<String> ids, long nowNanos) {
        leftAt.keySet().removeAll(ids);
        Iterator<EndpointState> all = states.values().iterator();
        while (all.hasNext()) {
            EndpointState state = all.next();
            if (ids.contains(state.id())) {
                continue;
            }
            long left = leftAt.computeIfAbsent(state.id(), id -> nowNanos);
            if (nowNanos - left >= graceNanos && state.inFlight() == 0) {
                all.remove();
                leftAt.remove(state.id());
            }
        }
    }
}
