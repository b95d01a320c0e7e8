package io.sluice.ratelimit;

import java.util.ArrayList;
import java.util.List;

/**
 * What a store decided over all policies of a request together. Immutable.
 *
 * @param granted permits granted, 0 when the request is denied
 * @param results one per policy, the tightest first
 * @param source where it was decided
 */
public record Decision(long granted, List<PolicyResult> results, Source source) {

    /** Where a decision was made. */
    public enum Source {
        /** A call of its own to Redis. */
        REDIS("redis"),
        /** A call to Redis that another request made for both. */
        COALESCED("coalesced"),
        /** A denial of Redis that still holds. */
        DENY_CACHE("deny_cache"),
        /** The buckets of this process. */
        LOCAL("local");

        private final String label;

        Source(String label) {
            this.label = label;
        }

        /** The name in metrics and in the access log. */
        public String label() {
            return label;
        }
    }

    public Decision {
        results = List.copyOf(results);
    }

    /** Joins what was asked with what became of it; the two lists are in the same order. */
    static Decision of(List<Demand> demands, TokenBucket.Step step, Source source) {
        List<PolicyResult> results = new ArrayList<>(demands.size());
        for (int i = 0; i < demands.size(); i++) {
            results.add(new PolicyResult(demands.get(i), step.outcomes().get(i)));
        }
        return of(step.granted(), results, source);
    }

    /** Puts the results in order. */
    public static Decision of(long granted, List<PolicyResult> results, Source source) {
        List<PolicyResult> ordered = new ArrayList<>(results);
        ordered.sort(PolicyResult.TIGHTEST_FIRST);
        return new Decision(granted, ordered, source);
    }

    /**
     * What one of several permits, decided together, finds: as if all had been asked for in turn,
     * at the same moment.
     *
     * @param index which one, from 0
     */
    public Decision share(int index) {
        List<PolicyResult> own = new ArrayList<>(results.size());
        for (PolicyResult result : results) {
            own.add(result.share(index, granted));
        }
        Source said = index > 0 && source == Source.REDIS ? Source.COALESCED : source;
        return of(index < granted ? 1 : 0, own, said);
    }

    public boolean allowed() {
        return granted > 0;
    }
}
