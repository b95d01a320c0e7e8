package io.sluice.console;

/**
 * What was counted of a route's requests since the process began. Immutable, but for the arrays,
 * which nobody may change.
 *
 * @param requests all that have ended
 * @param clientErrors those answered with 4xx
 * @param serverErrors those answered with 5xx
 * @param cancelled those that the client left
 * @param boundsMillis upper bounds of the buckets, in milliseconds, ascending
 * @param atMost requests that took no longer than each bound
 */
public record Counts(
        double requests,
        double clientErrors,
        double serverErrors,
        double cancelled,
        double[] boundsMillis,
        double[] atMost) {

    static final Counts NONE = new Counts(0, 0, 0, 0, new double[0], new double[0]);

    public Counts plus(Counts other) {
        Histogram sum = histogram().plus(other.histogram());
        return new Counts(
                requests + other.requests,
                clientErrors + other.clientErrors,
                serverErrors + other.serverErrors,
                cancelled + other.cancelled,
                sum.boundsMillis(),
                sum.counts());
    }

    Histogram histogram() {
        return boundsMillis.length == 0
                ? Histogram.EMPTY
                : new Histogram(boundsMillis, atMost, requests);
    }
}
