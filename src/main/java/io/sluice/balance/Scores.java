package io.sluice.balance;

import io.sluice.upstream.EndpointState;
import java.util.OptionalDouble;

/** What the algorithms that compare endpoints compare, to be looked at. Stateless. */
public final class Scores {

    private Scores() {}

    /**
     * The endpoint's load ÷ weight: the lowest is picked, equals share. Empty for algorithms that
     * go by turn or by key, and for a weight of 0.
     *
     * @param weight its weight now, in units of one
     */
    public static OptionalDouble of(
            Algorithm algorithm, EndpointState state, double weight, long nowNanos) {
        if (weight <= 0) {
            return OptionalDouble.empty();
        }
        return switch (algorithm) {
            case LEAST_CONNECTIONS ->
                    OptionalDouble.of(LeastConnections.load(state, nowNanos, false) / weight);
            case LEAST_RESPONSE_TIME ->
                    OptionalDouble.of(LeastResponseTime.load(state, nowNanos, false) / weight);
            case ROUND_ROBIN, WEIGHTED_ROUND_ROBIN, IP_HASH, CONSISTENT_HASHING ->
                    OptionalDouble.empty();
        };
    }
}
