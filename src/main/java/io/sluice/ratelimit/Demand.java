package io.sluice.ratelimit;

/**
 * What one request asks of one bucket. The shape stands apart from the policy's own, so that a
 * share of a bucket, or another size for some identities, is asked in the same way. Immutable.
 *
 * @param policy the policy that asks
 * @param identity whose bucket, as {@link KeySpec#identity} gives it
 * @param bucket the bucket's name: the same in every store
 * @param shape the bucket's size and refill
 * @param cost tokens per permit; 0 only looks
 * @param enforced false: what the bucket lacks is reported and denies nothing
 */
public record Demand(
        Policy policy,
        String identity,
        String bucket,
        BucketShape shape,
        long cost,
        boolean enforced) {

    public Demand withCost(long other) {
        return new Demand(policy, identity, bucket, shape, other, enforced);
    }

    public Demand withShape(BucketShape other) {
        return new Demand(policy, identity, bucket, other, cost, enforced);
    }

    public Demand unenforced() {
        return new Demand(policy, identity, bucket, shape, cost, false);
    }

    /** Of the name alone, which remembers its own: demands are keys of maps on every request. */
    @Override
    public int hashCode() {
        return bucket.hashCode();
    }
}
