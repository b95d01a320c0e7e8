package io.sluice.health;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many endpoints are out and how many may be, in one word, so that no race between an ejection
 * and a shrinking upstream can pass the bound. Lock-free.
 */
final class EjectionSlots {

    private static final long TAKEN_MASK = 0xffff_ffffL;

    /** Upper half: how many may be taken. Lower half: how many are. */
    private final AtomicLong word = new AtomicLong();

    boolean tryTake() {
        while (true) {
            long seen = word.get();
            if (taken(seen) >= most(seen)) {
                return false;
            }
            if (word.compareAndSet(seen, seen + 1)) {
                return true;
            }
        }
    }

    /** Gives back one that was taken; to be called once for it. */
    void release() {
        word.decrementAndGet();
    }

    /** Sets the bound; what is taken beyond it stays taken until released. */
    void most(int most) {
        word.updateAndGet(seen -> (long) most << 32 | taken(seen));
    }

    boolean overfull() {
        long seen = word.get();
        return taken(seen) > most(seen);
    }

    int taken() {
        return (int) taken(word.get());
    }

    private static long taken(long word) {
        return word & TAKEN_MASK;
    }

    private static long most(long word) {
        return word >>> 32;
    }
}
