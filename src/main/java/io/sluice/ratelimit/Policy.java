package io.sluice.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A named limit. Immutable.
 *
 * @param name letters, digits, {@code .}, {@code _} and {@code -}, at most 64
 * @param key whom a bucket belongs to
 * @param shape size and refill of each bucket
 * @param cost tokens that one request takes, 1 to {@link #smallestCapacity}
 * @param onStoreFailure what happens while the shared store does not answer
 * @param shadow true: counts and reports what it would deny, and denies nothing
 * @param plans other sizes for some requests
 * @param allowList identities, as {@link KeySpec#identity} gives them, that are not limited
 */
public record Policy(
        String name,
        KeySpec key,
        BucketShape shape,
        long cost,
        OnStoreFailure onStoreFailure,
        boolean shadow,
        Plans plans,
        Set<String> allowList) {

    public Policy {
        allowList = Set.copyOf(allowList);
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "policy name: " + name + " (expected: 1 to 64 of A-Z a-z 0-9 . _ -)");
        }
        long most = plans.smallest(shape);
        if (cost < 1 || cost > most) {
            throw new IllegalArgumentException("cost: " + cost + " (expected: 1 to " + most + ")");
        }
    }

    /** One without plans that limits everybody. */
    public Policy(
            String name,
            KeySpec key,
            BucketShape shape,
            long cost,
            OnStoreFailure onStoreFailure,
            boolean shadow) {
        this(name, key, shape, cost, onStoreFailure, shadow, Plans.NONE, Set.of());
    }

    /** Whether a policy may have this name: it stands in keys, headers and metric labels. */
    public static boolean isName(String name) {
        return name.length() <= 64
                && !name.isEmpty()
                && name.chars()
                        .allMatch(
                                c ->
                                        c >= 'a' && c <= 'z'
                                                || c >= 'A' && c <= 'Z'
                                                || c >= '0' && c <= '9'
                                                || c == '.'
                                                || c == '_'
                                                || c == '-');
    }

    /** The capacity of its smallest bucket: a request that costs more could never pass. */
    public long smallestCapacity() {
        return plans.smallest(shape);
    }

    /**
     * The same limit for requests that cost something else.
     *
     * @throws IllegalArgumentException unless it is 1 to {@link #smallestCapacity}
     */
    public Policy withCost(long other) {
        return other == cost
                ? this
                : new Policy(name, key, shape, other, onStoreFailure, shadow, plans, allowList);
    }

    /** Whether this identity is on the allow-list. */
    public boolean allows(String identity) {
        return allowList.contains(identity);
    }

    /**
     * One request's demand on the bucket of this identity, of the size that its plan gives.
     *
     * @param identity as {@link KeySpec#identity} gives it
     */
    public Demand demand(String identity, KeySource source) {
        return demand(identity, plans.chosen(source));
    }

    /** A demand on this identity's bucket of the policy's own size. */
    public Demand demand(String identity) {
        return demand(identity, (String) null);
    }

    /** A demand on each bucket of this identity: that of the policy's own size, and the plans'. */
    public List<Demand> demands(String identity) {
        List<Demand> all = new ArrayList<>();
        all.add(demand(identity));
        plans.names().forEach(plan -> all.add(demand(identity, plan)));
        return all;
    }

    /**
     * A demand on this identity's bucket under a plan. Each plan has buckets of its own.
     *
     * @param plan one of {@link Plans#names}, or {@code null} for the policy's own size
     */
    public Demand demand(String identity, @Nullable String plan) {
        return plan == null
                ? demand(identity, name, shape)
                : demand(identity, name + ":" + BucketKeys.encode(plan), plans.shape(plan));
    }

    private Demand demand(String identity, String limit, BucketShape size) {
        String bucket = BucketKeys.bucket(limit, identity);
        return new Demand(this, identity, bucket, size, cost, !shadow);
    }
}
