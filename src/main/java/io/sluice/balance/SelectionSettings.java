package io.sluice.balance;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What narrows the choice before an algorithm makes it.
 *
 * @param slowStart how long the weight of a new or recovered endpoint climbs; zero for off
 * @param panicPercent with fewer than this percent usable, all are used; 0 for never
 * @param zone the gateway's own zone, whose endpoints are preferred; {@code null} for none
 */
public record SelectionSettings(Duration slowStart, int panicPercent, @Nullable String zone) {

    public static final int DEFAULT_PANIC_PERCENT = 50;

    public static final SelectionSettings DEFAULTS =
            new SelectionSettings(Duration.ZERO, DEFAULT_PANIC_PERCENT, null);

    public SelectionSettings {
        if (slowStart.isNegative()) {
            throw new IllegalArgumentException("slowStart: " + slowStart + " (expected: >= 0s)");
        }
        if (panicPercent < 0 || panicPercent > 100) {
            throw new IllegalArgumentException(
                    "panicPercent: " + panicPercent + " (expected: 0 to 100)");
        }
    }
}
