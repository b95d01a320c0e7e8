package io.sluice.ratelimit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One call at a time for requests that ask the same of the same buckets. Who comes while it is
 * under way waits, and the next call decides for all who wait together, in the order in which they
 * came.
 *
 * <p>Exact: a call decides at one moment of the store, and grants as many as the same number of
 * single calls in a row at that moment would. Everybody who is decided by a call asked before that
 * moment and is answered after it. So the bound of the store is the bound of the whole. A waiter
 * waits for at most two calls.
 *
 * <p>A call that fails or throws releases everybody who waits for these buckets; none of them is
 * asked for again. A waiter that is gone is asked for no more, unless its call is under way: then
 * what it was granted is lost, which admits too few and never too many.
 *
 * <p>Memory: one entry per key for which a call is under way, and its waiters; nothing when nobody
 * waits. Safe for any number of threads. Waiters are told on the thread that ends the call, or on
 * their own when it ends at once.
 */
public final class Coalescer {

    /** Makes one call for so many permits at once. */
    @FunctionalInterface
    public interface Call {
        CompletionStage<Decision> ask(List<Demand> demands, int permits);
    }

    /** A request that waits. Told exactly once, and may throw nothing. */
    public interface Waiter {

        /** Whether nobody wants the answer any more. */
        boolean isGone();

        void decided(Decision decision);

        void failed(Throwable cause);
    }

    /** The most that one call decides: more would be unfair to other gateways. */
    static final int MOST = 1024;

    private final ConcurrentHashMap<List<Demand>, Flight> flights = new ConcurrentHashMap<>();
    private final Call call;

    public Coalescer(Call call) {
        this.call = call;
    }

    /**
     * Decides for this waiter, now or with the next call.
     *
     * @param demands what all waiters of one call ask; never changed afterwards
     */
    public void decide(List<Demand> demands, Waiter waiter) {
        Flight own = new Flight(demands, waiter);
        if (flights.merge(demands, own, Flight::join) == own) {
            drive(own);
        }
    }

    /** For how many keys a call is under way. */
    public int size() {
        return flights.size();
    }

    /**
     * Entered once for each thing that happens to a flight, and carried on by one thread at a time:
     * a call that ends before it has returned goes round the loop, not deeper into the stack.
     */
    private void drive(Flight flight) {
        if (flight.events.getAndIncrement() > 0) {
            return;
        }
        do {
            land(flight);
            if (boards(flight)) {
                takeOff(flight);
            }
        } while (flight.events.decrementAndGet() > 0);
    }

    private void takeOff(Flight flight) {
        ask(flight)
                .whenComplete(
                        (decision, failure) -> {
                            flight.landing = new Landing(decision, failure);
                            drive(flight);
                        });
    }

    private CompletionStage<Decision> ask(Flight flight) {
        try {
            return call.ask(flight.demands, flight.aboard.size());
        } catch (RuntimeException | Error thrown) {
            return CompletableFuture.failedFuture(thrown);
        }
    }

    private void land(Flight flight) {
        Landing landing = flight.landing;
        if (landing == null) {
            return;
        }
        if (landing.failure() != null) {
            flights.computeIfPresent(flight.demands, (key, now) -> now.emptyInto(flight));
            flight.aboard.forEach(waiter -> waiter.failed(landing.failure()));
        } else if (landing.decision() != null) {
            for (int i = 0; i < flight.aboard.size(); i++) {
                flight.aboard.get(i).decided(landing.decision().share(i));
            }
        }
        flight.landing = null;
        flight.aboard = List.of();
    }

    /** Takes those who wait aboard; without any the flight ends. */
    private boolean boards(Flight flight) {
        flights.computeIfPresent(flight.demands, (key, now) -> now.boardInto(flight));
        return !flight.aboard.isEmpty();
    }

    private record Landing(@Nullable Decision decision, @Nullable Throwable failure) {}

    /** Those who ask the same, and the call that is under way for some of them. */
    private static final class Flight {

        final List<Demand> demands;

        /** Changed only while the map holds this key. */
        final Queue<Waiter> queue = new ArrayDeque<>(4);

        /** Of the thread that drives. */
        List<Waiter> aboard = List.of();

        final AtomicInteger events = new AtomicInteger();

        /** Written before {@link #events} is raised, read after. */
        @Nullable Landing landing;

        Flight(List<Demand> demands, Waiter first) {
            this.demands = demands;
            queue.add(first);
        }

        Flight join(Flight other) {
            queue.addAll(other.queue);
            return this;
        }

        /** What the map holds next, once the driven flight has taken its waiters from here. */
        @Nullable Flight boardInto(Flight driven) {
            if (this != driven) {
                return this;
            }
            List<Waiter> boarding = new ArrayList<>(Math.min(MOST, queue.size()));
            Waiter next = queue.poll();
            while (next != null) {
                if (!next.isGone()) {
                    boarding.add(next);
                }
                next = boarding.size() < MOST ? queue.poll() : null;
            }
            aboard = boarding;
            return boarding.isEmpty() ? null : this;
        }

        @Nullable Flight emptyInto(Flight driven) {
            if (this != driven) {
                return this;
            }
            List<Waiter> all = new ArrayList<>(aboard);
            all.addAll(queue);
            queue.clear();
            aboard = all;
            return null;
        }
    }
}
