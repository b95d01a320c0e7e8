package io.sluice.balance;

/**
 * When so few endpoints are usable that the rest would break under the whole load, or the health
 * checks themselves must be wrong, all are used again. Envoy's panic mode.
 *
 * @param percent 0 to 100: panic begins below this share of usable endpoints; 0 for never
 */
record PanicThreshold(int percent) {

    /**
     * @param usable usable endpoints among {@code all}; drained ones count in neither
     */
    boolean reached(int usable, int all) {
        return usable * 100L < (long) percent * all;
    }
}
