package io.sluice.ratelimit.spring;

import io.sluice.ratelimit.BucketShape;
import io.sluice.ratelimit.IdentityForm;
import io.sluice.ratelimit.KeySpec;
import io.sluice.ratelimit.OnStoreFailure;
import io.sluice.ratelimit.Plans;
import io.sluice.ratelimit.Policy;
import io.sluice.settings.Setting;
import io.sluice.settings.SettingException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One rate limit, under {@code sluice.rate-limits.<name>}.
 *
 * @param key whom a bucket belongs to: user, ip, api-key, header:NAME, claim:NAME, route, global,
 *     or a list of these joined
 * @param capacity tokens in a full bucket: the most that may pass at once
 * @param refillTokens tokens gained per refill-period
 * @param refillPeriod the time in which refill-tokens are gained, spread evenly over it
 * @param cost tokens that one request takes
 * @param onStoreFailure what happens while Redis does not answer: local (this gateway's share of
 *     the limit), open (everything passes) or closed (503)
 * @param shadow true: counts and reports what it would deny, and denies nothing
 * @param plans under claim the name of a claim; under each of its values another capacity and
 *     refill for requests whose token says so
 * @param allowList identities, as they stand in the key, that are not limited
 */
public record PolicyProperties(
        @Nullable List<String> key,
        @Nullable Long capacity,
        @Nullable Long refillTokens,
        @Nullable Duration refillPeriod,
        @DefaultValue("1") long cost,
        @DefaultValue("local") String onStoreFailure,
        @DefaultValue("false") boolean shadow,
        @DefaultValue Map<String, PlanProperties> plans,
        @DefaultValue List<String> allowList) {

    /** Under {@code plans}, the entry that is no plan. */
    private static final String CLAIM = "claim";

    public PolicyProperties {
        plans = Map.copyOf(plans);
        allowList = List.copyOf(allowList);
    }

    /**
     * These settings as a policy.
     *
     * @param name its name, the last part of the property path
     * @throws SettingException when one of them is missing or not valid
     */
    public Policy toPolicy(String name) {
        String path = "sluice.rate-limits." + name;
        Setting.require(
                Policy.isName(name),
                path,
                name,
                "a name of 1 to 64 characters of A-Z a-z 0-9 . _ -");
        PlanProperties own = new PlanProperties(null, capacity, refillTokens, refillPeriod);
        BucketShape shape = own.shape(path);
        KeySpec spec = keySpec(path);
        Plans others = plans(path, own);
        Set<String> allowed = allowed(path, spec);
        OnStoreFailure rule = onFailure(path);
        long most = others.smallest(shape);
        Setting.require(
                cost >= 1 && cost <= most,
                path + ".cost",
                cost,
                "1 to the " + (plans.isEmpty() ? "" : "smallest ") + "capacity, " + most);
        return new Policy(name, spec, shape, cost, rule, shadow, others, allowed);
    }

    private Plans plans(String path, PlanProperties own) {
        if (plans.isEmpty()) {
            return Plans.NONE;
        }
        PlanProperties entry = plans.get(CLAIM);
        String claim = entry == null ? null : entry.claim();
        Map<String, BucketShape> shapes = new HashMap<>();
        plans.forEach(
                (plan, size) -> {
                    if (!plan.equals(CLAIM)) {
                        shapes.put(plan, size.over(path + ".plans." + plan, own));
                    }
                });
        String named = Setting.present(path + ".plans.claim", claim, "the name of a claim");
        Setting.require(!shapes.isEmpty(), path + ".plans", "no plan", "a plan beside " + CLAIM);
        return new Plans(named.strip(), shapes);
    }

    private Set<String> allowed(String path, KeySpec spec) {
        IdentityForm form = spec.form();
        for (String identity : allowList) {
            Setting.require(
                    form.fits(identity),
                    path + ".allow-list",
                    identity,
                    "an identity as it stands in the key, "
                            + form.expected()
                            + "; an IPv6 address by its /64, as ip:2001:db8:1:2::");
        }
        return Set.copyOf(allowList);
    }

    private KeySpec keySpec(String path) {
        try {
            return KeySpec.parse(key == null ? List.of() : key);
        } catch (IllegalArgumentException refused) {
            throw new SettingException(path + ".key", key, KeySpec.EXPECTED);
        }
    }

    private OnStoreFailure onFailure(String path) {
        return switch (onStoreFailure.strip().toLowerCase(Locale.ROOT)) {
            case "local" -> OnStoreFailure.LOCAL;
            case "open" -> OnStoreFailure.OPEN;
            case "closed" -> OnStoreFailure.CLOSED;
            default ->
                    throw new SettingException(
                            path + ".on-store-failure", onStoreFailure, "local, open or closed");
        };
    }
}
