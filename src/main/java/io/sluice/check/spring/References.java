package io.sluice.check.spring;

import io.sluice.check.Finding;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;

/** Upstreams and policies that are named and not there, or there and not named. */
final class References {

    private final Written written;
    private final Set<String> upstreams = new HashSet<>();
    private final Set<String> policies = new HashSet<>();

    References(Written written) {
        this.written = written;
    }

    /**
     * @param starts whether a gateway would: then others know what is not in these files
     */
    List<Finding> findings(boolean starts) {
        List<Finding> findings = new ArrayList<>();
        for (RouteDefinition route : written.routes()) {
            upstream(route, starts, findings);
            for (FilterDefinition filter : written.filters(route)) {
                policies(route, filter, starts, findings);
            }
        }
        unused(findings);
        return findings;
    }

    private void upstream(RouteDefinition route, boolean starts, List<Finding> findings) {
        String id = upstreamOf(route.getUri());
        if (id == null) {
            return;
        }
        upstreams.add(id);
        if (!starts && !written.upstreamIds().contains(id)) {
            findings.add(
                    error(
                            "undeclared-upstream",
                            Written.key(route) + ".uri",
                            "lb://"
                                    + id
                                    + " is neither under sluice.upstreams nor known to a discovery"
                                    + " client; declare it"));
        }
    }

    /** The id in {@code lb://id} and {@code lb:ws://id}; {@code null} for another address. */
    static @Nullable String upstreamOf(@Nullable URI uri) {
        if (uri == null || !"lb".equals(uri.getScheme())) {
            return null;
        }
        String rest = uri.getRawSchemeSpecificPart();
        int slashes = rest.indexOf("//");
        String id = slashes < 0 ? rest : rest.substring(slashes + 2);
        int end = id.indexOf('/');
        return end < 0 ? id : id.substring(0, end);
    }

    private void policies(
            RouteDefinition route,
            FilterDefinition filter,
            boolean starts,
            List<Finding> findings) {
        if (!Written.name(filter).equals("RateLimit")) {
            return;
        }
        filter.getArgs()
                .forEach(
                        (name, value) -> {
                            boolean policy =
                                    name.startsWith("_genkey_") || name.startsWith("policies");
                            if (policy) {
                                for (String one : value.split(",")) {
                                    policy(route, one.strip(), starts, findings);
                                }
                            }
                        });
    }

    private void policy(
            RouteDefinition route, String name, boolean starts, List<Finding> findings) {
        policies.add(name);
        if (!starts && !written.policyNames().contains(name)) {
            findings.add(
                    error(
                            "unknown-policy",
                            Written.key(route) + ".filters",
                            name
                                    + " is not under sluice.rate-limits; there "
                                    + (written.policyNames().isEmpty()
                                            ? "is none"
                                            : "are: " + String.join(", ", written.policyNames()))));
        }
    }

    private void unused(List<Finding> findings) {
        for (String id : written.upstreamIds()) {
            if (!upstreams.contains(id)) {
                findings.add(
                        Finding.warning(
                                "unused-upstream",
                                "sluice.upstreams." + id,
                                "no route goes there; remove it, or give it a route to lb://"
                                        + id));
            }
        }
        for (String name : written.policyNames()) {
            if (!policies.contains(name)) {
                findings.add(
                        Finding.warning(
                                "unused-policy",
                                "sluice.rate-limits." + name,
                                "no route has RateLimit=" + name + "; remove it or use it"));
            }
        }
    }

    private static Finding error(String code, String key, String text) {
        return new Finding(code, true, key, text, null, 0);
    }
}
