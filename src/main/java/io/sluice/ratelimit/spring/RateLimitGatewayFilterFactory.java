package io.sluice.ratelimit.spring;

import io.sluice.pipeline.Stage;
import io.sluice.ratelimit.NearestKeys;
import io.sluice.ratelimit.Policy;
import io.sluice.settings.SettingException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;
import org.springframework.cloud.gateway.support.HasRouteId;

/**
 * The filter {@code RateLimit=per-user,per-ip} of a route: policies by name, decided together, all
 * or none. Also {@code name: RateLimit} with {@code args: {policies: [per-user, per-ip], cost: 5}};
 * a cost given here stands for that of each policy. With {@code before-auth: true} they count what
 * authentication refuses, too.
 */
public final class RateLimitGatewayFilterFactory
        extends AbstractGatewayFilterFactory<RateLimitGatewayFilterFactory.Config> {

    /** More policies on one route than anybody reads. */
    private static final int MOST = 32;

    private static final List<String> FIELDS =
            IntStream.range(0, MOST).mapToObj(i -> "policies[" + i + "]").toList();

    private final Supplier<RateLimitRules> rules;
    private final NearestKeys nearest;

    /**
     * @param rules those that routes are being built for
     * @param nearest is told of every decision
     */
    RateLimitGatewayFilterFactory(Supplier<RateLimitRules> rules, NearestKeys nearest) {
        super(Config.class);
        this.rules = rules;
        this.nearest = nearest;
    }

    /**
     * One field per position, so that a list in short form and the named argument both bind;
     * gathering them into a list would swallow the named one.
     */
    @Override
    public List<String> shortcutFieldOrder() {
        return FIELDS;
    }

    /**
     * @throws SettingException when the route names no policy, one that is not defined, one twice,
     *     or more than 32, when its cost is not 1 to the smallest capacity of each, or when it is
     *     to limit before authentication by what only authentication tells
     */
    @Override
    public GatewayFilter apply(Config config) {
        RateLimitRules current = rules.get();
        Map<String, Policy> policies = current.policies();
        String route = config.routeId == null ? "" : config.routeId;
        Set<String> names = new LinkedHashSet<>();
        List<Policy> chosen = new ArrayList<>(config.policies.size());
        for (String name : config.policies) {
            Policy policy = policies.get(name.strip());
            if (policy == null) {
                throw refused(route, name, "a policy of sluice.rate-limits: " + defined(policies));
            }
            if (!names.add(policy.name())) {
                throw refused(route, name, "each policy once");
            }
            if (config.beforeAuth && !policy.key().knownBeforeAuth()) {
                throw refused(
                        route,
                        "before-auth with " + policy.name(),
                        "a policy whose key is made of ip, header:NAME, route and global");
            }
            chosen.add(priced(policy, config.cost, route));
        }
        if (chosen.isEmpty() || chosen.size() > MOST) {
            throw refused(
                    route, config.policies, "1 to " + MOST + " policies: " + defined(policies));
        }
        Stage stage = config.beforeAuth ? Stage.RATE_LIMIT_STRANGERS : Stage.RATE_LIMIT;
        return new RateLimitFilter(
                route, chosen, current.limiter(), current.metrics(), stage, nearest);
    }

    private static Policy priced(Policy policy, @Nullable Long cost, String route) {
        if (cost == null) {
            return policy;
        }
        long most = policy.smallestCapacity();
        if (cost < 1 || cost > most) {
            throw refused(
                    route,
                    "cost " + cost,
                    "1 to the smallest capacity of " + policy.name() + ", " + most);
        }
        return policy.withCost(cost);
    }

    private static String defined(Map<String, Policy> policies) {
        return policies.isEmpty() ? "(none is defined)" : String.join(", ", policies.keySet());
    }

    private static SettingException refused(String route, Object value, String expected) {
        return new SettingException("filter RateLimit of route " + route, value, expected);
    }

    /** What a route says about its limits. */
    public static final class Config implements HasRouteId {

        private List<String> policies = new ArrayList<>();
        private @Nullable Long cost;
        private boolean beforeAuth;
        private @Nullable String routeId;

        public List<String> getPolicies() {
            return policies;
        }

        public void setPolicies(List<String> policies) {
            this.policies = policies;
        }

        public @Nullable Long getCost() {
            return cost;
        }

        public void setCost(@Nullable Long cost) {
            this.cost = cost;
        }

        public boolean isBeforeAuth() {
            return beforeAuth;
        }

        public void setBeforeAuth(boolean beforeAuth) {
            this.beforeAuth = beforeAuth;
        }

        @Override
        public @Nullable String getRouteId() {
            return routeId;
        }

        @Override
        public void setRouteId(String routeId) {
            this.routeId = routeId;
        }
    }
}
