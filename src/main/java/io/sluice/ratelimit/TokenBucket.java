package io.sluice.ratelimit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The token bucket as a pure function: from what is kept of some buckets, the time and a wish for
 * permits to what is granted and what is to be kept. It is the twin of {@code decide.lua}: the same
 * whole numbers in the same order, so that the two agree bit for bit.
 *
 * <p>For any window of length t on the clock whose readings are passed in, the cost of what one
 * bucket grants is at most {@code capacity + rate * t}. A clock that goes back adds nothing: the
 * bucket waits until the clock has caught up with the last reading.
 *
 * <p>Stateless; safe for any number of threads.
 */
public final class TokenBucket {

    /** In place of a wait: it will never be. */
    public static final long NEVER = -1;

    private TokenBucket() {}

    /**
     * One bucket of a decision.
     *
     * @param state what is kept of it; {@code null} when nothing is, which means full
     * @param cost tokens per permit; 0 only looks
     * @param enforced false: what it lacks is reported and stops nothing
     */
    public record Slot(
            BucketShape shape, @Nullable BucketState state, long cost, boolean enforced) {}

    /**
     * A bucket just after a decision: all that is told of it follows from this.
     *
     * @param taken permits that it gave; below 0, that many were given back
     * @param left what is in it, in units of {@code 1 / scale} token
     * @param behindMicros how far its own last reading lies after the time of the decision
     */
    public record Reading(long taken, long left, long behindMicros) {}

    /**
     * What became of one bucket.
     *
     * @param state what is to be kept, or {@code null} when nothing changed
     * @param reading what the rest follows from
     * @param exceeded whether it could not give all the permits wished for
     * @param remaining whole tokens left
     * @param nextMicros until one more token is there; 0 when full, {@link #NEVER} when it does not
     *     refill
     * @param resetMicros until it is full; 0 when it is, {@link #NEVER} when it does not refill
     * @param retryMicros until it can give one permit more; 0 when it can now, {@link #NEVER} when
     *     it never will
     */
    public record Outcome(
            @Nullable BucketState state,
            Reading reading,
            boolean exceeded,
            long remaining,
            long nextMicros,
            long resetMicros,
            long retryMicros) {

        /** What one of several permits that were decided together found, each in its turn. */
        Outcome share(BucketShape shape, long cost, long index, long granted) {
            long before = Math.min(index, granted);
            long taken = index < Math.min(granted, reading.taken()) ? 1 : 0;
            long later = Math.max(0, reading.taken() - before - taken);
            long left = reading.left() + later * cost * shape.scale();
            return outcome(shape, cost, new Reading(taken, left, reading.behindMicros()), 1);
        }
    }

    /**
     * What became of a decision.
     *
     * @param granted permits granted: the most that every enforced bucket can give
     * @param outcomes one per slot, in order
     */
    public record Step(long granted, List<Outcome> outcomes) {}

    /**
     * Decides over several buckets at once: each gives the granted permits, or none does.
     *
     * @param permits how many are wished for; below 0, that many are given back
     * @param nowMicros the time, in microseconds
     */
    public static Step step(List<Slot> slots, long permits, long nowMicros) {
        long[] levels = new long[slots.size()];
        long granted = permits;
        for (int i = 0; i < levels.length; i++) {
            Slot slot = slots.get(i);
            levels[i] = level(slot.shape(), slot.state(), nowMicros);
            if (slot.enforced()) {
                granted = Math.min(granted, affordable(slot.shape(), levels[i], slot.cost()));
            }
        }
        List<Outcome> outcomes = new ArrayList<>(levels.length);
        for (int i = 0; i < levels.length; i++) {
            outcomes.add(settle(slots.get(i), levels[i], permits, granted, nowMicros));
        }
        return new Step(granted, outcomes);
    }

    /** What a reading says to whoever wished for so many permits. */
    public static Outcome outcome(BucketShape shape, long cost, Reading reading, long permits) {
        return outcome(null, shape, cost, reading, permits);
    }

    /**
     * A bucket some time after a reading, when nothing was taken since.
     *
     * @param elapsedMicros the time since, at least 0
     */
    static Reading later(BucketShape shape, Reading reading, long elapsedMicros) {
        long behind = reading.behindMicros();
        long refilling = elapsedMicros - behind;
        if (refilling <= 0 || shape.gain() == 0) {
            return new Reading(0, reading.left(), Math.max(0, -refilling));
        }
        return new Reading(0, risen(shape, reading.left(), refilling), 0);
    }

    private static Outcome settle(Slot slot, long level, long permits, long granted, long now) {
        BucketShape shape = slot.shape();
        long taken = Math.min(granted, affordable(shape, level, slot.cost()));
        boolean changed = taken != 0 && slot.cost() != 0;
        long left =
                changed
                        ? Math.min(shape.full(), level - taken * slot.cost() * shape.scale())
                        : level;
        long last = slot.state() == null ? now : Math.max(now, slot.state().lastMicros());
        BucketState kept =
                changed
                        ? new BucketState(
                                left / shape.scale(), left % shape.scale(), shape.scale(), last)
                        : null;
        return outcome(kept, shape, slot.cost(), new Reading(taken, left, last - now), permits);
    }

    private static Outcome outcome(
            @Nullable BucketState kept,
            BucketShape shape,
            long cost,
            Reading reading,
            long permits) {
        long left = reading.left();
        long behind = reading.behindMicros();
        long tokens = left / shape.scale();
        boolean exceeded = cost != 0 && reading.taken() + affordable(shape, left, cost) < permits;
        return new Outcome(
                kept,
                reading,
                exceeded,
                tokens,
                wait(shape, Math.min(shape.full(), (tokens + 1) * shape.scale()) - left, behind),
                wait(shape, shape.full() - left, behind),
                exceeded ? retry(shape, cost, left, behind) : 0);
    }

    private static long level(BucketShape shape, @Nullable BucketState state, long now) {
        if (state == null || state.tokens() >= shape.capacity()) {
            return shape.full();
        }
        long fraction = state.scale() == shape.scale() ? state.fraction() : 0;
        long level = state.tokens() * shape.scale() + fraction;
        long elapsed = Math.max(now, state.lastMicros()) - state.lastMicros();
        if (shape.gain() == 0) {
            return level;
        }
        return risen(shape, level, elapsed);
    }

    private static long risen(BucketShape shape, long level, long elapsedMicros) {
        // Tested before it is multiplied: no elapsed time is too long.
        return elapsedMicros >= ceilDiv(shape.full() - level, shape.gain())
                ? shape.full()
                : level + elapsedMicros * shape.gain();
    }

    private static long affordable(BucketShape shape, long level, long cost) {
        if (cost == 0) {
            return Long.MAX_VALUE;
        }
        return cost > shape.capacity() ? 0 : level / (cost * shape.scale());
    }

    private static long retry(BucketShape shape, long cost, long left, long behind) {
        return cost > shape.capacity()
                ? NEVER
                : wait(shape, Math.max(0, cost * shape.scale() - left), behind);
    }

    private static long wait(BucketShape shape, long missing, long behind) {
        if (missing == 0) {
            return 0;
        }
        return shape.gain() == 0 ? NEVER : behind + ceilDiv(missing, shape.gain());
    }

    static long ceilDiv(long dividend, long divisor) {
        long quotient = dividend / divisor;
        return quotient * divisor == dividend ? quotient : quotient + 1;
    }
}
