package io.sluice.upstream;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How soon a watch that has ended is opened again, and when its troubles are told. Not thread-safe:
 * one writer. Times are nanoseconds of one clock.
 *
 * <p>The pause is drawn between half a bound and the bound, so that the gateways of a fleet, which
 * lose their watches together, do not come back together; the bound doubles from 200 ms to 30 s
 * while nothing is heard, and is 200 ms again after a watch that told anything or lasted.
 */
public final class WatchPace {

    private static final long FIRST_BOUND_NANOS = Duration.ofMillis(200).toNanos();
    private static final long LAST_BOUND_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long LASTED_NANOS = Duration.ofSeconds(10).toNanos();

    /** What is wrong. */
    public enum Trouble {
        /** The API cannot be reached or refuses to answer. */
        UNREACHABLE,
        /** It answers with something that cannot be read. */
        UNREADABLE
    }

    private final RandomGenerator random;
    private long boundNanos = FIRST_BOUND_NANOS;
    private boolean open;
    private boolean heard;
    private long openedNanos;
    private @Nullable Trouble trouble;

    public WatchPace(RandomGenerator random) {
        this.random = random;
    }

    /** The watch has been accepted. Returns whether it was out of reach before: to be told. */
    public boolean opened(long nowNanos) {
        open = true;
        openedNanos = nowNanos;
        return over(Trouble.UNREACHABLE);
    }

    /** Something readable has come. Returns whether it was unreadable before: to be told. */
    public boolean heard() {
        heard = true;
        return over(Trouble.UNREADABLE);
    }

    private boolean over(Trouble past) {
        boolean ends = trouble == past;
        trouble = ends ? null : trouble;
        return ends;
    }

    /** Whether a watch is open: what breaks off then is no trouble yet. */
    public boolean isOpen() {
        return open;
    }

    /** Something is wrong. Returns whether that is news. */
    public boolean failed(Trouble what) {
        boolean news = trouble != what;
        trouble = what;
        return news;
    }

    /** The round is over, well or not. Returns the pause before the next. */
    public Duration ended(long nowNanos) {
        boolean lasted = open && nowNanos - openedNanos >= LASTED_NANOS;
        if (heard || lasted) {
            boundNanos = FIRST_BOUND_NANOS;
        }
        long half = boundNanos / 2;
        long pause = half + random.nextLong(half);
        boundNanos = Math.min(LAST_BOUND_NANOS, boundNanos * 2);
        open = false;
        heard = false;
        return Duration.ofNanos(pause);
    }
}
