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
     * What became of one bucket.
     *
     * @param state what is to be kept, or {@code null} when nothing changed
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
            boolean exceeded,
            long remaining,
            long nextMicros,
            long resetMicros,
            long retryMicros) {}

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

    private static Outcome settle(Slot slot, long level, long permits, long granted, long now) {
        BucketShape shape = slot.shape();
        long affordable = affordable(shape, level, slot.cost());
        long taken = Math.min(granted, affordable);
        boolean changed = taken != 0 && slot.cost() != 0;
        long left =
                changed
                        ? Math.min(shape.full(), level - taken * slot.cost() * shape.scale())
                        : level;
        long tokens = left / shape.scale();
        long last = slot.state() == null ? now : Math.max(now, slot.state().lastMicros());
        long behind = last - now;
        boolean exceeded = affordable < permits;
        return new Outcome(
                changed ? new BucketState(tokens, left % shape.scale(), shape.scale(), last) : null,
                exceeded,
                tokens,
                wait(shape, Math.min(shape.full(), (tokens + 1) * shape.scale()) - left, behind),
                wait(shape, shape.full() - left, behind),
                exceeded ? retry(shape, slot.cost(), left, behind) : 0);
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
        // Tested before it is multiplied: no elapsed time is too long.
        return elapsed >= ceilDiv(shape.full() - level, shape.gain())
                ? shape.full()
                : level + elapsed * shape.gain();
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
