package io.sluice.proxy;

import io.sluice.settings.Setting;
import java.util.function.LongSupplier;

/**
 * Bounds the retries of one upstream by a share of its recent requests, so that retries cannot
 * multiply the load on an upstream that is failing: with 20 percent a dead one sees at most 1.2
 * times what clients ask. Lock-free; safe for any number of threads.
 *
 * <p>Over any ten seconds, retries stay at or below the larger of {@code percent} of the requests
 * and ten seconds' worth of {@code minimumPerSecond}. The minimum lets an upstream of little
 * traffic retry at all: at one request a second a fifth of ten would be two. It is the only case in
 * which the share is exceeded; set it to 0 to have the share without exception.
 *
 * <p>The rule is that of Finagle's and linkerd's retry budgets, with the minimum as a floor and not
 * on top.
 */
public final class RetryBudget {

    /** Ten seconds of one-second buckets: long enough to smooth bursts, short enough to forget. */
    static final int WINDOW_SECONDS = 10;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final int percent;
    private final int minimumPerSecond;
    private final LongSupplier nanoClock;
    private final long originNanos;
    private final SlidingCount requests = new SlidingCount(WINDOW_SECONDS);
    private final SlidingCount retries = new SlidingCount(WINDOW_SECONDS);

    /**
     * @param percent retries allowed per hundred recent requests, 0 to 100
     * @param minimumPerSecond retries a second that are allowed whatever the traffic, >= 0
     * @param nanoClock {@link System#nanoTime} in production
     */
    public RetryBudget(int percent, int minimumPerSecond, LongSupplier nanoClock) {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException("percent: " + percent + " (expected: 0 to 100)");
        }
        if (minimumPerSecond < 0) {
            throw new IllegalArgumentException(
                    "minimumPerSecond: " + minimumPerSecond + " (expected: >= 0)");
        }
        this.percent = percent;
        this.minimumPerSecond = minimumPerSecond;
        this.nanoClock = nanoClock;
        this.originNanos = nanoClock.getAsLong();
    }

    /**
     * The budget that a setting asks for.
     *
     * @param prefix the path of the settings, such as {@code sluice.upstreams.orders.retry}
     * @throws io.sluice.settings.SettingException unless {@code percent} is 0 to 100; 0 also turns
     *     the minimum off
     */
    public static RetryBudget of(
            String prefix, int percent, int minimumPerSecond, LongSupplier nanoClock) {
        Setting.between(prefix + ".budget-percent", percent, 0, 100);
        return new RetryBudget(percent, percent == 0 ? 0 : minimumPerSecond, nanoClock);
    }

    /** Counts a client's request; to be called once for it, whatever the number of attempts. */
    public void requested() {
        requests.add(second());
    }

    /**
     * Takes one retry out of the budget. It is booked before it is judged, so that threads that
     * come at once cannot exceed the budget together; at its very edge both may be refused.
     *
     * @return whether the retry may be made
     */
    public boolean tryRetry() {
        long second = second();
        if (!retries.add(second)) {
            return false;
        }
        if (retries.sum(second) <= allowed(second)) {
            return true;
        }
        retries.takeBack(second);
        return false;
    }

    private long allowed(long second) {
        long floor = (long) minimumPerSecond * WINDOW_SECONDS;
        return Math.max(floor, requests.sum(second) * percent / 100);
    }

    private long second() {
        return (nanoClock.getAsLong() - originNanos) / NANOS_PER_SECOND;
    }
}
