package io.sluice.auth;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one issuer's keys at one time, and what follows from it: an immutable snapshot
 * of a {@link KeySetPolicy}'s bookkeeping. The adapter holds the current one in a volatile field,
 * asks {@link #plan} on each lookup, and replaces it when a fetch starts, succeeds or fails; it
 * keeps at most one fetch under way. All times are of one {@code nanoTime}-like clock.
 */
public final class KeySetState {

    /** What a lookup should do. */
    public sealed interface Plan {

        /**
         * Go on with these keys, whether or not the wanted one is among them.
         *
         * @param refresh true: start a fetch as well, without waiting for it
         */
        record Use(KeySet keys, boolean refresh) implements Plan {}

        /**
         * Wait for a fetch (join one under way or start one), then ask {@link #settled}.
         *
         * @param unknownKey true where only the missing key is the reason
         */
        record Await(boolean unknownKey) implements Plan {}

        /**
         * No keys can be had now.
         *
         * @param retryAfter at least a second
         */
        record Unavailable(Duration retryAfter) implements Plan {}
    }

    private static final Duration LEAST_RETRY = Duration.ofSeconds(1);

    private final KeySetPolicy policy;
    private final @Nullable KeySet keys;
    private final long fetchedAt;
    private final long refreshAt;
    private final @Nullable Long unknownKeyFetchAt;
    private final int failures;
    private final long nextAttemptAt;

    private KeySetState(
            KeySetPolicy policy,
            @Nullable KeySet keys,
            long fetchedAt,
            long refreshAt,
            @Nullable Long unknownKeyFetchAt,
            int failures,
            long nextAttemptAt) {
        this.policy = policy;
        this.keys = keys;
        this.fetchedAt = fetchedAt;
        this.refreshAt = refreshAt;
        this.unknownKeyFetchAt = unknownKeyFetchAt;
        this.failures = failures;
        this.nextAttemptAt = nextAttemptAt;
    }

    /** Nothing was fetched yet: the first lookup makes the first fetch. */
    public static KeySetState initial(KeySetPolicy policy) {
        return new KeySetState(policy, null, 0, 0, null, 0, 0);
    }

    /**
     * @param now nanoseconds
     */
    public Plan plan(long now, Algorithm algorithm, @Nullable String kid) {
        if (keys == null || now - fetchedAt >= policy.stale().toNanos()) {
            return isBackingOff(now) ? unavailable(now) : new Plan.Await(false);
        }
        if (failures == 0 && now - fetchedAt >= policy.fresh().toNanos()) {
            // Nobody has asked for a while, so nobody refreshed: a key may have been withdrawn.
            return new Plan.Await(false);
        }
        if (!keys.knows(algorithm, kid)) {
            return planForUnknownKey(now, keys);
        }
        return new Plan.Use(keys, isRefreshDue(now));
    }

    private Plan planForUnknownKey(long now, KeySet known) {
        if (mayFetchForUnknownKey(now) && !isBackingOff(now)) {
            return new Plan.Await(true);
        }
        return failures > 0 ? unavailable(now) : new Plan.Use(known, isRefreshDue(now));
    }

    private boolean mayFetchForUnknownKey(long now) {
        return unknownKeyFetchAt == null
                || now - unknownKeyFetchAt >= policy.unknownKeyInterval().toNanos();
    }

    /** What a lookup that has waited for a fetch does now: never to wait again. */
    public Plan settled(long now, Algorithm algorithm, @Nullable String kid) {
        if (keys == null || now - fetchedAt >= policy.stale().toNanos()) {
            return unavailable(now);
        }
        if (failures > 0 && !keys.knows(algorithm, kid)) {
            return unavailable(now);
        }
        return new Plan.Use(keys, false);
    }

    /** A fetch begins. */
    public KeySetState started(long now, boolean unknownKey) {
        Long fetchAt = unknownKey ? Long.valueOf(now) : unknownKeyFetchAt;
        return new KeySetState(
                policy, keys, fetchedAt, refreshAt, fetchAt, failures, nextAttemptAt);
    }

    /**
     * A fetch brought these keys: whatever is not among them is gone.
     *
     * @param random spreads the next refresh over a tenth of the time, so that a fleet of gateways
     *     does not ask in step
     */
    public KeySetState succeeded(KeySet fetched, long now, RandomGenerator random) {
        long ahead = policy.fresh().minus(policy.refreshAhead()).toNanos();
        long jitter = (long) (ahead * 0.1 * random.nextDouble());
        return new KeySetState(
                policy, fetched, now, now + ahead - jitter, unknownKeyFetchAt, 0, now);
    }

    /** A fetch failed, or brought nothing that can be used: the old keys stay. */
    public KeySetState failed(long now, RandomGenerator random) {
        int exponent = Math.min(failures, 30);
        long least = policy.minBackoff().toNanos();
        long ceiling = Math.min(policy.maxBackoff().toNanos(), least << Math.min(exponent, 20));
        long backoff = Math.max(least / 2, (long) (ceiling * random.nextDouble()));
        return new KeySetState(
                policy, keys, fetchedAt, refreshAt, unknownKeyFetchAt, failures + 1, now + backoff);
    }

    /** Failed fetches since the last good one. */
    public int failures() {
        return failures;
    }

    /** Seconds since the keys in use were fetched; NaN while there are none. */
    public double ageSeconds(long now) {
        return keys == null ? Double.NaN : (now - fetchedAt) / 1e9;
    }

    private boolean isRefreshDue(long now) {
        return failures > 0 ? !isBackingOff(now) : now - refreshAt >= 0;
    }

    private boolean isBackingOff(long now) {
        return failures > 0 && now - nextAttemptAt < 0;
    }

    private Plan.Unavailable unavailable(long now) {
        Duration left = Duration.ofNanos(Math.max(0, nextAttemptAt - now));
        return new Plan.Unavailable(left.compareTo(LEAST_RETRY) < 0 ? LEAST_RETRY : left);
    }
}
