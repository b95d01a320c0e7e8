package io.sluice.balance;

/**
 * What the algorithms can be told.
 *
 * @param virtualNodes places on the hash ring per unit of weight, 1 to 10,000
 * @param loadBound consistent hashing gives no endpoint more than this times its share of what is
 *     in flight; above 1, or {@link #UNBOUNDED}
 */
public record BalancerSettings(int virtualNodes, double loadBound) {

    /** No bound on load. */
    public static final double UNBOUNDED = Double.POSITIVE_INFINITY;

    public static final int DEFAULT_VIRTUAL_NODES = 160;

    public static final BalancerSettings DEFAULTS =
            new BalancerSettings(DEFAULT_VIRTUAL_NODES, UNBOUNDED);

    public BalancerSettings {
        if (virtualNodes < 1 || virtualNodes > 10_000) {
            throw new IllegalArgumentException(
                    "virtualNodes: " + virtualNodes + " (expected: 1 to 10000)");
        }
        if (!(loadBound > 1)) {
            throw new IllegalArgumentException("loadBound: " + loadBound + " (expected: > 1)");
        }
    }
}
