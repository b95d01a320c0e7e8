package io.sluice.ratelimit.spring;

import io.sluice.pipeline.Part;
import io.sluice.ratelimit.Policy;
import io.sluice.ratelimit.RateLimiter;
import java.util.Map;

/**
 * What limits decide by. Immutable; buckets are the limiter's and outlive it.
 *
 * @param policies by name
 */
record RateLimitRules(Map<String, Policy> policies, RateLimiter limiter, RateLimitMetrics metrics) {

    static final Part<RateLimitRules> PART = new Part<>();
}
