package io.sluice.health;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When to probe. Delays are jittered, so that neither the endpoints of one gateway nor the gateways
 * of one fleet fall into step. Thread-safe when its generator is.
 */
public final class ProbePolicy {

    private static final double JITTER = 0.1;
    private static final Duration FIRST_WITHIN = Duration.ofSeconds(1);

    private final long intervalNanos;
    private final RandomGenerator random;

    public ProbePolicy(Duration interval, RandomGenerator random) {
        this.intervalNanos = interval.toNanos();
        this.random = random;
    }

    /** Before an endpoint's first probe: any time within the interval, a second at most. */
    public Duration firstDelay() {
        return Duration.ofNanos(random.nextLong(Math.min(intervalNanos, FIRST_WITHIN.toNanos())));
    }

    /** From the end of a probe to the next one: the interval, ten percent more or less. */
    public Duration nextDelay() {
        double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
        return Duration.ofNanos((long) (intervalNanos * factor));
    }
}
