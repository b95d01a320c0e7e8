package io.sluice.ratelimit;

import java.util.List;

/**
 * What is asked of a store that did not answer: a bucket of its own, which is never empty. An
 * answer proves that the store can write, and takes a token of nobody.
 */
public final class Probe {

    private static final Policy POLICY =
            new Policy(
                    "probe",
                    KeySpec.parse(List.of("global")),
                    BucketShape.of(1_000_000, 1_000_000, 1_000_000),
                    1,
                    OnStoreFailure.OPEN,
                    false);

    private Probe() {}

    /**
     * The probe on one of the gateways' own buckets: no identity of a request is named like them.
     *
     * @param number which one, from 0; they lie on different servers
     */
    public static List<Demand> demands(int number) {
        return List.of(POLICY.demand(number == 0 ? "sluice" : "sluice-" + number));
    }
}
