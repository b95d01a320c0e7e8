package io.sluice.ratelimit.spring;

import io.sluice.ratelimit.Policy;
import io.sluice.settings.SettingException;
import java.util.Map;
import java.util.TreeMap;

/**
 * All settings of rate limiting.
 *
 * @param limits the policies' settings by name
 * @param store how buckets are kept
 */
public record RateLimitSettings(
        Map<String, PolicyProperties> limits, RateLimitStoreProperties store) {

    public RateLimitSettings {
        limits = Map.copyOf(limits);
    }

    /** No policy, and the defaults. */
    public static RateLimitSettings none() {
        return new RateLimitSettings(Map.of(), RateLimitStoreProperties.defaults());
    }

    /**
     * The policies by name, in the order of their names.
     *
     * @throws SettingException when one of them is not valid
     */
    public Map<String, Policy> policies() {
        Map<String, Policy> policies = new TreeMap<>();
        limits.forEach((name, properties) -> policies.put(name, properties.toPolicy(name)));
        return policies;
    }
}
