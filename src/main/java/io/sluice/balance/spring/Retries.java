package io.sluice.balance.spring;

import io.sluice.proxy.Backoff;
import io.sluice.proxy.RetryBudget;
import io.sluice.proxy.RetryPolicy;
import java.time.Duration;

/** One upstream's further attempts: which may be made, how many, and after what pause. */
final class Retries {

    /**
     * Retries that are allowed each second whatever the traffic, so that a quiet upstream has any.
     */
    private static final int PER_SECOND = 1;

    /** Bounds of the pauses, as Envoy has them by default. */
    private static final Duration SHORT_PAUSE = Duration.ofMillis(25);

    private static final Duration LONG_PAUSE = Duration.ofMillis(250);

    private final RetryPolicy policy;
    private final RetryBudget budget;
    private final Backoff backoff;
    private final UpstreamMeters meters;

    Retries(UpstreamSettings settings, Control control, UpstreamMeters meters) {
        this.policy = settings.retry();
        this.budget =
                RetryBudget.of(
                        UpstreamSettings.PREFIX + settings.id() + ".retry",
                        settings.budgetPercent(),
                        PER_SECOND,
                        control.nanoClock());
        this.backoff = new Backoff(SHORT_PAUSE, LONG_PAUSE, control.random());
        this.meters = meters;
    }

    RetryPolicy policy() {
        return policy;
    }

    /** A client's request has come, whatever the number of its attempts. */
    void requested() {
        budget.requested();
    }

    /** Takes one retry out of the budget, or refuses it. */
    boolean tryRetry() {
        return budget.tryRetry();
    }

    /**
     * The pause before a retry.
     *
     * @param retry 1 for the first
     */
    Duration pause(int retry) {
        return backoff.delay(retry);
    }

    /** A retry has found another instance and is made. */
    void made() {
        meters.retried();
    }
}
