package io.sluice.ratelimit;

import java.util.List;

/** Policies and demands for tests: one token per second, by user. */
public final class Limits {

    private Limits() {}

    public static Policy policy(String name, long capacity, long cost) {
        return policy(name, capacity, cost, OnStoreFailure.LOCAL, false);
    }

    public static Policy policy(
            String name, long capacity, long cost, OnStoreFailure failure, boolean shadow) {
        return new Policy(
                name,
                KeySpec.parse(List.of("user")),
                BucketShape.of(capacity, 1, 1_000_000),
                cost,
                failure,
                shadow);
    }

    /** An outcome that says just this; what it was read from does not matter. */
    public static TokenBucket.Outcome outcome(
            boolean exceeded, long remaining, long next, long reset, long retry) {
        return new TokenBucket.Outcome(
                null,
                new TokenBucket.Reading(exceeded ? 0 : 1, 0, 0),
                exceeded,
                remaining,
                next,
                reset,
                retry);
    }
}
