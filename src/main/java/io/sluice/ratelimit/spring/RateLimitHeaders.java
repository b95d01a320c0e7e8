package io.sluice.ratelimit.spring;

import io.sluice.ratelimit.BucketShape;
import io.sluice.ratelimit.PolicyResult;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * The headers that tell a client its limits, on every answer of a limited route: the upstream's,
 * the gateway's own and a failure's. They replace any that the upstream sent under these names.
 *
 * <p>{@code X-RateLimit-*} speaks of the tightest policy. {@code RateLimit-Policy} and {@code
 * RateLimit} list all, the tightest first, as draft-ietf-httpapi-ratelimit-headers-10 has them.
 * Where every policy lets the request pass by its allow-list, there are none of these names.
 */
final class RateLimitHeaders {

    static final String LIMIT = "X-RateLimit-Limit";
    static final String REMAINING = "X-RateLimit-Remaining";
    static final String RESET = "X-RateLimit-Reset";
    static final String POLICY_LIST = "RateLimit-Policy";
    static final String STATE_LIST = "RateLimit";

    private static final List<String> ALL =
            List.of(LIMIT, REMAINING, RESET, POLICY_LIST, STATE_LIST);
    private static final String ATTRIBUTE = RateLimitHeaders.class.getName();
    private static final long SECOND = 1_000_000;

    private RateLimitHeaders() {}

    /**
     * Adds these results to what the answer will say. Called once per filter: a route may hold more
     * than one, and the answer speaks of all. Shadow policies are told only where there is no
     * other: beside a limit that is kept, one that is not would mislead.
     */
    static void tell(ServerWebExchange exchange, List<PolicyResult> results) {
        List<PolicyResult> told = exchange.getAttribute(ATTRIBUTE);
        if (told == null) {
            List<PolicyResult> all = new ArrayList<>(results.size());
            exchange.getAttributes().put(ATTRIBUTE, all);
            exchange.getResponse()
                    .beforeCommit(
                            () ->
                                    Mono.fromRunnable(
                                            () ->
                                                    write(
                                                            spoken(all),
                                                            exchange.getResponse().getHeaders())));
            told = all;
        }
        told.addAll(results);
        if (told.size() > 1) {
            told.sort(PolicyResult.TIGHTEST_FIRST);
        }
    }

    private static List<PolicyResult> spoken(List<PolicyResult> all) {
        if (all.size() < 2) {
            return all;
        }
        List<PolicyResult> kept = all.stream().filter(r -> !r.policy().shadow()).toList();
        return kept.isEmpty() ? all : kept;
    }

    static void write(List<PolicyResult> results, HttpHeaders headers) {
        if (results.isEmpty()) {
            ALL.forEach(headers::remove);
            return;
        }
        PolicyResult tightest = results.get(0);
        headers.set(LIMIT, Long.toString(tightest.limit()));
        headers.set(REMAINING, Long.toString(tightest.remaining()));
        headers.set(RESET, Long.toString(seconds(Math.max(0, tightest.resetMicros()))));
        StringBuilder policies = new StringBuilder();
        StringBuilder states = new StringBuilder();
        for (PolicyResult result : results) {
            appendPolicy(policies, result);
            appendState(states, result);
        }
        headers.set(POLICY_LIST, policies.toString());
        headers.set(STATE_LIST, states.toString());
    }

    /** Whole seconds, rounded up: who waits them has waited long enough. */
    static long seconds(long micros) {
        return (micros + SECOND - 1) / SECOND;
    }

    /** A bucket as a quota per window: its capacity in the time it takes to fill. */
    private static void appendPolicy(StringBuilder list, PolicyResult result) {
        BucketShape shape = result.demand().shape();
        long fill = shape.fillMicros();
        boolean slow = fill >= SECOND;
        appendName(list, result)
                .append(";q=")
                .append(slow ? shape.capacity() : perSecond(shape))
                .append(";w=")
                .append(slow ? seconds(fill) : 1);
    }

    /** Rounded down; divided first where the product would be too long. */
    private static long perSecond(BucketShape shape) {
        return shape.gain() < Long.MAX_VALUE / SECOND
                ? shape.gain() * SECOND / shape.scale()
                : shape.gain() / shape.scale() * SECOND;
    }

    private static void appendState(StringBuilder list, PolicyResult result) {
        appendName(list, result).append(";r=").append(result.remaining());
        if (result.nextMicros() > 0) {
            list.append(";t=").append(seconds(result.nextMicros()));
        }
    }

    private static StringBuilder appendName(StringBuilder list, PolicyResult result) {
        return list.append(list.isEmpty() ? "\"" : ", \"")
                .append(result.policy().name())
                .append('"');
    }
}
