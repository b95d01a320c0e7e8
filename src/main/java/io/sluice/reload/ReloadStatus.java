package io.sluice.reload;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which configuration is active, and what was last refused. Immutable.
 *
 * @param version counts the configurations that this process has activated, from 1
 * @param hash names what it says; see {@link ConfigurationHash}
 * @param since when it became active
 * @param lastGood whether it is the one kept from before, as the files' was refused at start
 * @param restartNeeded changed keys that take effect with the next start only
 * @param lastRefusal the last configuration that was not taken, or {@code null}; it stays for
 *     reading when a good one has followed
 */
public record ReloadStatus(
        long version,
        String hash,
        Instant since,
        boolean lastGood,
        Set<String> restartNeeded,
        @Nullable Refusal lastRefusal) {

    public ReloadStatus {
        restartNeeded = Set.copyOf(restartNeeded);
    }

    public ReloadStatus activated(String newHash, Instant now, Set<String> keys) {
        return new ReloadStatus(version + 1, newHash, now, false, keys, lastRefusal);
    }

    public ReloadStatus refused(Refusal refusal) {
        return new ReloadStatus(version, hash, since, lastGood, restartNeeded, refusal);
    }
}
