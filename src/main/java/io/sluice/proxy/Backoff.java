package io.sluice.proxy;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The pause before a retry: a random time up to a bound that doubles with each retry ("full
 * jitter", M. Brooker, Exponential Backoff And Jitter, AWS 2015), so that requests that failed
 * together do not come again together. Thread-safe when its generator is.
 */
public final class Backoff {

    private static final int MOST_DOUBLINGS = 30;

    private final long baseNanos;
    private final long maxNanos;
    private final RandomGenerator random;

    /**
     * @param base bound of the first retry's pause; zero for no pause at all
     * @param max bound of every pause; at least {@code base}
     */
    public Backoff(Duration base, Duration max, RandomGenerator random) {
        if (base.isNegative() || max.compareTo(base) < 0) {
            throw new IllegalArgumentException(
                    "base, max: " + base + ", " + max + " (expected: 0 <= base <= max)");
        }
        this.baseNanos = base.toNanos();
        this.maxNanos = max.toNanos();
        this.random = random;
    }

    /**
     * Draws the pause before a retry.
     *
     * @param retry 1 for the first retry
     * @return zero up to, but not including, the bound
     */
    public Duration delay(int retry) {
        int doublings = Math.min(Math.max(retry - 1, 0), MOST_DOUBLINGS);
        boolean capped = baseNanos > maxNanos >> doublings;
        long bound = capped ? maxNanos : baseNanos << doublings;
        return bound == 0 ? Duration.ZERO : Duration.ofNanos(random.nextLong(bound));
    }
}
