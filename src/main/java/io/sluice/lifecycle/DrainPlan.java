package io.sluice.lifecycle;

import io.sluice.settings.Setting;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The states and times of a drain. Everything is a function of when the drain started, of the last
 * arrival and of the clock, so nothing has to be scheduled here and nothing can be missed. Safe for
 * any number of threads; while serving, a request costs one volatile read.
 *
 * <p>The drain ends when nothing has arrived for the quiet period, and after {@code drain} at the
 * latest. Streams are ended over the last fifth of the drain, or over a fifth of it from the moment
 * that it became quiet. Once it has been quiet, later arrivals do not prolong it.
 */
public final class DrainPlan {

    /** Without a request for this long, clients have gone elsewhere. */
    public static final Duration QUIET = Duration.ofSeconds(1);

    /** Part of the drain in which streams are ended. */
    private static final int SPREAD_DIVISOR = 5;

    /** 2^64 divided by the golden ratio: multiples of it spread evenly (Knuth, TAOCP 6.4). */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final long drainNanos;
    private final long quietNanos;
    private final long spreadNanos;
    private final LongSupplier nanoClock;
    private final AtomicReference<@Nullable Drain> current = new AtomicReference<>();

    /** One drain that was started; {@code lastArrival} is never before its start. */
    private static final class Drain {
        final long startNanos;
        final boolean forGood;
        volatile long lastArrivalNanos;

        Drain(long startNanos, boolean forGood, long lastArrivalNanos) {
            this.startNanos = startNanos;
            this.forGood = forGood;
            this.lastArrivalNanos = lastArrivalNanos;
        }
    }

    /**
     * A plan that is serving.
     *
     * @param drain the longest that requests are still accepted; zero for not at all
     * @param quiet the time without a request after which the drain ends early
     * @param nanoClock {@link System#nanoTime} in production
     */
    public DrainPlan(Duration drain, Duration quiet, LongSupplier nanoClock) {
        this.drainNanos = drain.toNanos();
        this.quietNanos = quiet.toNanos();
        this.spreadNanos = drainNanos / SPREAD_DIVISOR;
        this.nanoClock = nanoClock;
    }

    /**
     * The plan that a setting asks for, with the usual quiet period.
     *
     * @param property the setting's path, {@code sluice.shutdown.drain}
     * @throws io.sluice.settings.SettingException for a negative drain or one above an hour
     */
    public static DrainPlan of(String property, Duration drain, LongSupplier nanoClock) {
        boolean fits = !drain.isNegative() && drain.compareTo(Duration.ofHours(1)) <= 0;
        Setting.require(fits, property, drain, "a duration of 0s to 1h, such as 5s");
        return new DrainPlan(drain, QUIET, nanoClock);
    }

    /**
     * Starts a drain that may be taken back.
     *
     * @return whether this call started it; a running one goes on unchanged
     */
    public boolean start() {
        long now = nanoClock.getAsLong();
        return current.compareAndSet(null, new Drain(now, false, now));
    }

    /**
     * Starts the drain of a process that is ending. A drain that was running keeps its start, as
     * its time has done its work already, but can no longer be taken back.
     *
     * @return whether this call is the first of its kind
     */
    public boolean startForGood() {
        long now = nanoClock.getAsLong();
        while (true) {
            Drain running = current.get();
            if (running != null && running.forGood) {
                return false;
            }
            Drain next =
                    running == null
                            ? new Drain(now, true, now)
                            : new Drain(running.startNanos, true, running.lastArrivalNanos);
            if (current.compareAndSet(running, next)) {
                return true;
            }
        }
    }

    /**
     * Returns to normal work. Streams that were ended stay ended.
     *
     * @return whether there was a drain to take back; false once the process is ending
     */
    public boolean takeBack() {
        while (true) {
            Drain running = current.get();
            if (running == null || running.forGood) {
                return false;
            }
            if (current.compareAndSet(running, null)) {
                return true;
            }
        }
    }

    /** A request has arrived. To be called for each; keeps a drain from ending early. */
    public void arrived() {
        Drain drain = current.get();
        if (drain != null) {
            long now = nanoClock.getAsLong();
            if (now - quietAt(drain) < 0) {
                drain.lastArrivalNanos = now;
            }
        }
    }

    /**
     * Where the drain stands now.
     *
     * @param openStreams long-lived streams that are open now; without any there is nothing to
     *     spread and a quiet drain ends at once
     */
    public DrainState state(int openStreams) {
        Drain drain = current.get();
        if (drain == null) {
            return DrainState.SERVING;
        }
        long now = nanoClock.getAsLong();
        if (now - endAt(drain, openStreams) >= 0) {
            return DrainState.CLOSED;
        }
        boolean closing = now - spreadFrom(drain) >= 0;
        return closing ? DrainState.CLOSING_STREAMS : DrainState.DRAINING;
    }

    /** Whether a new request is served. */
    public boolean accepts(int openStreams) {
        return state(openStreams) != DrainState.CLOSED;
    }

    /** Whether an HTTP/1.1 answer carries {@code Connection: close}; readiness is down as well. */
    public boolean closesConnections() {
        return current.get() != null;
    }

    /** Whether the drain can no longer be taken back. */
    public boolean forGood() {
        Drain drain = current.get();
        return drain != null && drain.forGood;
    }

    /** Nanoseconds until CLOSED if nothing more arrives; 0 when it is; {@code drain} if serving. */
    public long remainingNanos(int openStreams) {
        Drain drain = current.get();
        if (drain == null) {
            return drainNanos;
        }
        return Math.max(0, endAt(drain, openStreams) - nanoClock.getAsLong());
    }

    /**
     * Whether this stream should be ended now. Streams numbered one after the other end evenly
     * spread over the closing phase; the same number always has the same place in it.
     */
    public boolean closesStream(long streamNumber) {
        Drain drain = current.get();
        if (drain == null) {
            return false;
        }
        long closeAt = spreadFrom(drain) + spreadOffsetNanos(streamNumber);
        return nanoClock.getAsLong() - closeAt >= 0;
    }

    /** The stream's place in the closing phase: 0 up to its length, in nanoseconds. */
    long spreadOffsetNanos(long streamNumber) {
        double place = ((streamNumber * GOLDEN) >>> 11) * 0x1p-53;
        return (long) (place * spreadNanos);
    }

    private long quietAt(Drain drain) {
        return drain.lastArrivalNanos + quietNanos;
    }

    private long spreadFrom(Drain drain) {
        long lastFifth = drain.startNanos + drainNanos - spreadNanos;
        return earlier(lastFifth, quietAt(drain));
    }

    private long endAt(Drain drain, int openStreams) {
        long quietEnd = quietAt(drain) + (openStreams > 0 ? spreadNanos : 0);
        return earlier(drain.startNanos + drainNanos, quietEnd);
    }

    private static long earlier(long aNanos, long bNanos) {
        return aNanos - bNanos <= 0 ? aNanos : bNanos;
    }
}
