package io.sluice.auth;

import java.time.Duration;

/**
 * How long an issuer's fetched keys serve, and how often it is asked. Immutable.
 *
 * @param fresh a set is used this long without question; a withdrawn key is gone after at most this
 *     and one fetch
 * @param refreshAhead how long before the end of {@code fresh} it is fetched in the background
 * @param stale a set is used this long, counted from its fetch, while fetching fails
 * @param unknownKeyInterval an unknown key makes a fetch at most once per this time
 * @param minBackoff the pause after a first failed fetch; it doubles with each further one
 * @param maxBackoff the longest pause between failed fetches
 */
public record KeySetPolicy(
        Duration fresh,
        Duration refreshAhead,
        Duration stale,
        Duration unknownKeyInterval,
        Duration minBackoff,
        Duration maxBackoff) {

    /** What Nimbus, Envoy and jose settled on, more or less. */
    public static final KeySetPolicy DEFAULT =
            new KeySetPolicy(
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(1),
                    Duration.ofHours(1),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(30));

    public KeySetPolicy {
        if (fresh.compareTo(refreshAhead) <= 0 || stale.compareTo(fresh) < 0) {
            throw new IllegalArgumentException(
                    "fresh: " + fresh + " (expected: > refreshAhead and <= stale)");
        }
        if (minBackoff.isNegative()
                || minBackoff.isZero()
                || maxBackoff.compareTo(minBackoff) < 0) {
            throw new IllegalArgumentException(
                    "minBackoff: " + minBackoff + " (expected: > 0 and <= maxBackoff)");
        }
    }
}
