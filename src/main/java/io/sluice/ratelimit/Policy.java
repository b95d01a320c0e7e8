package io.sluice.ratelimit;

/**
 * A named limit. Immutable.
 *
 * @param name letters, digits, {@code .}, {@code _} and {@code -}, at most 64
 * @param key whom a bucket belongs to
 * @param shape size and refill of each bucket
 * @param cost tokens that one request takes, 1 to the capacity
 * @param onStoreFailure what happens while the shared store does not answer
 * @param shadow true: counts and reports what it would deny, and denies nothing
 */
public record Policy(
        String name,
        KeySpec key,
        BucketShape shape,
        long cost,
        OnStoreFailure onStoreFailure,
        boolean shadow) {

    public Policy {
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "policy name: " + name + " (expected: 1 to 64 of A-Z a-z 0-9 . _ -)");
        }
        if (cost < 1 || cost > shape.capacity()) {
            throw new IllegalArgumentException(
                    "cost: " + cost + " (expected: 1 to " + shape.capacity() + ")");
        }
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

    /**
     * One request's demand on the bucket of this identity, as {@link KeySpec#identity} gives it.
     */
    public Demand demand(String identity) {
        return new Demand(this, identity, shape, cost, !shadow);
    }
}
