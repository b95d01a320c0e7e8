package io.sluice.balance;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.random.RandomGenerator;

/**
 * The turns of an upstream's picks: an atomic addition gives every pick one of its own, whatever
 * the threads. The count stands alone on its cache line, 128 bytes from anything that is read, for
 * every pick writes it.
 */
final class Turn {

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int ALONE = 128 / Long.BYTES;

    private final long[] words = new long[2 * ALONE + 1];

    Turn(long first) {
        WORD.setVolatile(words, ALONE, first);
    }

    /** Begins at random; 2<sup>62</sup> picks are left before it overflows. */
    static Turn startingAtRandom(RandomGenerator random) {
        return new Turn(random.nextLong() >>> 2);
    }

    /** The turn that {@link #next} will give out. */
    long upcoming() {
        return (long) WORD.getVolatile(words, ALONE);
    }

    long next() {
        return (long) WORD.getAndAdd(words, ALONE, 1L);
    }
}
