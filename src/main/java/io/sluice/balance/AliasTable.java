package io.sluice.balance;

/**
 * Draws indices in proportion to weights in constant time: every slot holds one index and, for the
 * rest of the slot, an alias. Source: A. J. Walker 1977, in M. D. Vose's form of 1991.
 */
final class AliasTable {

    private final double[] own;
    private final int[] alias;

    private AliasTable(double[] own, int[] alias) {
        this.own = own;
        this.alias = alias;
    }

    /**
     * @param weights positive, at least one
     */
    static AliasTable of(int[] weights) {
        int n = weights.length;
        double sum = 0;
        for (int weight : weights) {
            sum += weight;
        }
        double[] own = new double[n];
        int[] alias = new int[n];
        /* Indices below their fair slot from the left, those above it from the right. */
        int[] queue = new int[n];
        int small = 0;
        int large = n;
        for (int i = 0; i < n; i++) {
            own[i] = weights[i] * n / sum;
            alias[i] = i;
            if (own[i] < 1) {
                queue[small++] = i;
            } else {
                queue[--large] = i;
            }
        }
        while (small > 0 && large < n) {
            int poor = queue[--small];
            int rich = queue[large];
            alias[poor] = rich;
            own[rich] -= 1 - own[poor];
            if (own[rich] < 1) {
                large++;
                queue[small++] = rich;
            }
        }
        /* What is left over is full but for rounding, and is its own alias. */
        return new AliasTable(own, alias);
    }

    /** The index that 64 random bits draw. */
    int draw(long bits) {
        int slot = (int) (((bits >>> 32) * own.length) >>> 32);
        return (bits & 0xFFFF_FFFFL) * 0x1p-32 < own[slot] ? slot : alias[slot];
    }
}
