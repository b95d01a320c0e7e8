package io.sluice.health;

/**
 * What probes have found of one endpoint. Immutable; each result makes the next state.
 *
 * @param verdict the finding so far
 * @param opposing results in a row that speak against the verdict
 * @param sinceNanos when the verdict came about
 * @param last the last result in words, for display; empty before the first
 */
public record ProbeState(Verdict verdict, int opposing, long sinceNanos, String last) {

    /** What is held of an endpoint. */
    public enum Verdict {
        /** Not yet known; counts as healthy, or a restarted gateway would serve nobody. */
        UNKNOWN,
        HEALTHY,
        UNHEALTHY
    }

    public static ProbeState unknown(long nowNanos) {
        return new ProbeState(Verdict.UNKNOWN, 0, nowNanos, "");
    }

    /** Whether new requests may go to the endpoint. */
    public boolean usable() {
        return verdict != Verdict.UNHEALTHY;
    }

    /**
     * The state after one more result. A first pass settles UNKNOWN at once; any other change takes
     * as many results in a row as its threshold says.
     */
    public ProbeState after(ProbeResult result, HealthCheckSettings settings, long nowNanos) {
        boolean passed =
                result instanceof ProbeResult.Answered answered
                        && settings.expectedStatus().contains(answered.status());
        String words = words(result);
        if (passed == usable() && verdict != Verdict.UNKNOWN) {
            return new ProbeState(verdict, 0, sinceNanos, words);
        }
        int needed =
                verdict == Verdict.UNKNOWN && passed
                        ? 1
                        : passed ? settings.healthyThreshold() : settings.unhealthyThreshold();
        if (opposing + 1 < needed) {
            return new ProbeState(verdict, opposing + 1, sinceNanos, words);
        }
        Verdict next = passed ? Verdict.HEALTHY : Verdict.UNHEALTHY;
        return new ProbeState(next, 0, nowNanos, words);
    }

    private static String words(ProbeResult result) {
        if (result instanceof ProbeResult.Answered answered) {
            return "status " + answered.status();
        }
        return result instanceof ProbeResult.TimedOut ? "no answer in time" : "no connection";
    }
}
