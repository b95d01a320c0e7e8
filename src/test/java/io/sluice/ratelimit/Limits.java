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
}
