package io.sluice.ratelimit.bench;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** Answered tickets on their way back to the thread that asks; allocates nothing. */
final class Inbox {

    private final Thread owner = Thread.currentThread();
    private final AtomicReference<Ticket> head = new AtomicReference<>();
    private volatile boolean waiting;

    /** From any thread. */
    void put(Ticket ticket) {
        Ticket before;
        do {
            before = head.get();
            ticket.next = before;
        } while (!head.compareAndSet(before, ticket));
        if (waiting && !isOwn()) {
            LockSupport.unpark(owner);
        }
    }

    boolean isOwn() {
        return Thread.currentThread() == owner;
    }

    /** All that has come, linked, or {@code null}. By the owner alone. */
    Ticket take() {
        return head.getAndSet(null);
    }

    /** Sleeps until something comes, at most so long. By the owner alone. */
    void await(long nanos) {
        if (nanos <= 0) {
            return;
        }
        waiting = true;
        if (head.get() == null) {
            LockSupport.parkNanos(nanos);
        }
        waiting = false;
    }
}
