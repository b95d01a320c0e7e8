package io.sluice.health;

import io.sluice.health.OutlierStatus.Phase;
import io.sluice.upstream.Outcome;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Passive health of one upstream: ejects endpoints that fail several times in a row. The states
 * follow gRFC A50 and Envoy's outlier detection; the single trial request is a circuit breaker's.
 *
 * <p>{@link #onOutcome}, {@link #mayTry} and {@link #status} are for any number of threads and take
 * no lock. {@link #endpoints} and {@link #tick} belong to the control plane's one writer. All times
 * are of one {@link System#nanoTime}-like clock, compared by subtraction.
 *
 * <p>An outcome is evidence whichever request it comes from: during a trial, one that was already
 * under way decides as well as the trial itself. While ejected, late outcomes are ignored.
 */
public final class OutlierDetector {

    /** Is told of each transition, on the thread that made it. Must be quick and must not throw. */
    @FunctionalInterface
    public interface Listener {
        void changed(String endpointId, OutlierStatus status);
    }

    private static final class Watched {
        final String id;
        final AtomicInteger failuresInARow = new AtomicInteger();
        final AtomicReference<OutlierStatus> status;

        Watched(String id, long nowNanos) {
            this.id = id;
            this.status = new AtomicReference<>(OutlierStatus.inService(nowNanos, 0));
        }

        OutlierStatus now() {
            return Objects.requireNonNull(status.get());
        }
    }

    private final OutlierSettings settings;
    private final Listener listener;
    private final EjectionSlots slots;
    private volatile Map<String, Watched> watched;

    public OutlierDetector(OutlierSettings settings, Listener listener) {
        this.settings = settings;
        this.listener = listener;
        this.slots = new EjectionSlots();
        this.watched = Map.of();
    }

    /**
     * One that goes on with other settings where another stands: ejections and failures so far are
     * one for both. Only one of them is ticked and told of endpoints from then on.
     */
    public OutlierDetector(OutlierSettings settings, Listener listener, OutlierDetector former) {
        this.settings = settings;
        this.listener = listener;
        this.slots = former.slots;
        this.watched = former.watched;
    }

    /**
     * Sets the upstream's endpoints. Known ones keep their state. If fewer may now be out than are,
     * those whose ejection ends first come back.
     */
    public void endpoints(Collection<String> ids, long nowNanos) {
        Map<String, Watched> before = watched;
        Map<String, Watched> after = new HashMap<>(ids.size() * 2);
        for (String id : ids) {
            Watched known = before.get(id);
            after.put(id, known == null ? new Watched(id, nowNanos) : known);
        }
        // Never looser than either size allows, while requests may see the one or the other.
        slots.most(settings.mostEjected(Math.min(before.size(), after.size())));
        watched = Map.copyOf(after);
        for (Watched old : before.values()) {
            if (!after.containsKey(old.id)) {
                forget(old, nowNanos);
            }
        }
        slots.most(settings.mostEjected(after.size()));
        while (slots.overfull() && returnFirst(nowNanos)) {
            // one at a time: requests may be bringing some back meanwhile
        }
    }

    private void forget(Watched old, long nowNanos) {
        OutlierStatus last = old.now();
        while (!old.status.compareAndSet(last, last.to(Phase.GONE, nowNanos))) {
            last = old.now();
        }
        if (last.out()) {
            slots.release();
        }
    }

    /** Brings back the one whose ejection ends first; whether there was one that is out. */
    private boolean returnFirst(long nowNanos) {
        Watched first = null;
        OutlierStatus firstStatus = null;
        for (Watched candidate : watched.values()) {
            // Judged and moved by the same reading: it may be back in service a moment later.
            OutlierStatus status = candidate.now();
            if (status.out()
                    && (firstStatus == null
                            || status.untilNanos() - firstStatus.untilNanos() < 0)) {
                first = candidate;
                firstStatus = status;
            }
        }
        if (first == null || firstStatus == null) {
            return false;
        }
        putBack(first, firstStatus, nowNanos);
        return true;
    }

    /** Books how an attempt ended. An id that is not of the upstream is ignored. */
    public void onOutcome(String endpointId, Outcome outcome, long nowNanos) {
        Watched endpoint = watched.get(endpointId);
        if (endpoint == null) {
            return;
        }
        OutlierStatus status = endpoint.now();
        if (outcome == Outcome.CANCELLED) {
            if (status.phase() == Phase.TRIAL_OUT) {
                move(endpoint, status, status.to(Phase.TRIAL_OPEN, nowNanos));
            }
        } else if (outcome.failure()) {
            failed(endpoint, status, outcome, nowNanos);
        } else {
            succeeded(endpoint, status, nowNanos);
        }
    }

    private void succeeded(Watched endpoint, OutlierStatus status, long nowNanos) {
        // Read first: a shared counter that is written on every success would bounce between cores.
        if (endpoint.failuresInARow.get() != 0) {
            endpoint.failuresInARow.set(0);
        }
        if (status.phase() == Phase.TRIAL_OUT || status.phase() == Phase.TRIAL_OPEN) {
            putBack(endpoint, status, nowNanos);
        }
    }

    private void failed(Watched endpoint, OutlierStatus status, Outcome outcome, long nowNanos) {
        switch (status.phase()) {
            case IN_SERVICE -> {
                int inARow = endpoint.failuresInARow.incrementAndGet();
                if (inARow >= settings.consecutiveFailures()) {
                    eject(endpoint, status, outcome, nowNanos);
                }
            }
            case TRIAL_OPEN, TRIAL_OUT ->
                    move(endpoint, status, ejection(nowNanos, status.times() + 1, outcome));
            case EJECTED, GONE -> {}
        }
    }

    private void eject(Watched endpoint, OutlierStatus status, Outcome outcome, long nowNanos) {
        if (!slots.tryTake()) {
            return;
        }
        int times = stillCounted(status, nowNanos) + 1;
        if (move(endpoint, status, ejection(nowNanos, times, outcome))) {
            endpoint.failuresInARow.set(0);
        } else {
            slots.release();
        }
    }

    private OutlierStatus ejection(long nowNanos, int times, Outcome outcome) {
        return OutlierStatus.ejected(nowNanos, settings.ejectionNanos(times), times, outcome);
    }

    /** Each base ejection's length of good service takes one ejection off the count. */
    private int stillCounted(OutlierStatus inService, long nowNanos) {
        long good = (nowNanos - inService.sinceNanos()) / settings.baseEjection().toNanos();
        return (int) Math.max(0, inService.times() - good);
    }

    /**
     * @param from a status that is out, and so holds a slot
     */
    private void putBack(Watched endpoint, OutlierStatus from, long nowNanos) {
        if (move(endpoint, from, OutlierStatus.inService(nowNanos, from.times()))) {
            slots.release();
        }
    }

    private boolean move(Watched endpoint, OutlierStatus from, OutlierStatus to) {
        boolean moved = endpoint.status.compareAndSet(from, to);
        if (moved) {
            listener.changed(endpoint.id, to);
        }
        return moved;
    }

    /**
     * Whether an attempt that picked this endpoint may go there: always while it is in service; for
     * one whose ejection is over, once, until that attempt's outcome is booked. Whoever is refused
     * picks another endpoint.
     */
    public boolean mayTry(String endpointId, long nowNanos) {
        Watched endpoint = watched.get(endpointId);
        if (endpoint == null) {
            return true;
        }
        OutlierStatus status = endpoint.now();
        if (status.phase() == Phase.IN_SERVICE) {
            return true;
        }
        boolean open = status.phase() == Phase.TRIAL_OPEN || status.timeIsOver(nowNanos);
        return open && move(endpoint, status, status.to(Phase.TRIAL_OUT, nowNanos));
    }

    /**
     * Opens the trial of endpoints whose ejection is over, and once more where a trial has brought
     * no outcome for the length of a base ejection. To be called about once a second.
     */
    public void tick(long nowNanos) {
        long lost = settings.baseEjection().toNanos();
        for (Watched endpoint : watched.values()) {
            OutlierStatus status = endpoint.now();
            boolean trialLost =
                    status.phase() == Phase.TRIAL_OUT && nowNanos - status.sinceNanos() >= lost;
            if (trialLost || status.timeIsOver(nowNanos)) {
                move(endpoint, status, status.to(Phase.TRIAL_OPEN, nowNanos));
            }
        }
    }

    /** The endpoint's status, or {@code null} for an id that is not of the upstream. */
    public @Nullable OutlierStatus status(String endpointId) {
        Watched endpoint = watched.get(endpointId);
        return endpoint == null ? null : endpoint.now();
    }

    /** Endpoints that are out now, those on trial included. */
    public int ejected() {
        return slots.taken();
    }
}
