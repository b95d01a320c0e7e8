package io.sluice.balance;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The six algorithms under the names that settings use. */
public enum Algorithm {
    ROUND_ROBIN("round-robin"),
    WEIGHTED_ROUND_ROBIN("weighted-round-robin"),
    LEAST_CONNECTIONS("least-connections"),
    IP_HASH("ip-hash"),
    LEAST_RESPONSE_TIME("least-response-time"),
    CONSISTENT_HASHING("consistent-hashing");

    private final String settingName;

    Algorithm(String settingName) {
        this.settingName = settingName;
    }

    /** The name in settings, such as {@code least-connections}. */
    public String settingName() {
        return settingName;
    }

    /** Whether a pick needs to know what time it is. */
    public boolean readsClock() {
        return this == LEAST_RESPONSE_TIME;
    }

    /** The algorithm of that name, exactly as written; empty when there is none. */
    public static Optional<Algorithm> named(String settingName) {
        return Arrays.stream(values()).filter(a -> a.settingName.equals(settingName)).findFirst();
    }

    /** All names, in the order of the documentation. */
    public static List<String> names() {
        return Arrays.stream(values()).map(Algorithm::settingName).toList();
    }

    @Override
    public String toString() {
        return settingName;
    }
}
