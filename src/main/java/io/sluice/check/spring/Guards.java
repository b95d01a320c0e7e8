package io.sluice.check.spring;

import io.sluice.check.Finding;
import io.sluice.proxy.Timeouts;
import io.sluice.routing.SlowPattern;
import io.sluice.upstream.spring.UpstreamProperties;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;

/** What guards a route, and whether the times that it allows fit each other. */
final class Guards {

    private static final Set<String> AUTHENTICATION =
            Set.of("JwtAuth", "ApiKeyAuth", "ClientCertificate");
    private static final Set<String> LIMITS = Set.of("RateLimit", "RequestRateLimiter");

    /** Resilience4j's own, where nothing is configured. */
    private static final Duration BREAKER_LIMIT = Duration.ofSeconds(1);

    /** Longer than anybody waits. */
    private static final Duration NO_TIMEOUT = Duration.ofHours(1);

    private final Written written;

    Guards(Written written) {
        this.written = written;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        for (RouteDefinition route : written.routes()) {
            String key = Written.key(route);
            List<FilterDefinition> filters = written.filters(route);
            if (filters.stream().noneMatch(f -> AUTHENTICATION.contains(Written.name(f)))) {
                findings.add(
                        Finding.warning(
                                "no-authentication",
                                key,
                                "anybody may call it; add JwtAuth, ApiKeyAuth or ClientCertificate"));
            }
            if (filters.stream().noneMatch(f -> LIMITS.contains(Written.name(f)))) {
                findings.add(
                        Finding.warning(
                                "no-rate-limit",
                                key,
                                "anybody may call it as often as they like; add RateLimit"));
            }
            timeout(route, key, findings);
            deadline(route, key, filters, findings);
            expressions(route, key, findings);
        }
        written.upstreams().forEach((id, upstream) -> upstream(id, upstream, findings));
        return findings;
    }

    private static void expressions(RouteDefinition route, String key, List<Finding> findings) {
        for (String expression : Expressions.of(route)) {
            if (SlowPattern.explodes(expression)) {
                findings.add(
                        Finding.warning(
                                "regex-backtracking",
                                key,
                                expression
                                        + " can be kept busy by a path or host of a few characters;"
                                        + " write it without repetitions of what repeats in itself"));
            }
        }
    }

    private void timeout(RouteDefinition route, String key, List<Finding> findings) {
        Object own = route.getMetadata().get("response-timeout");
        if (own != null && own.toString().matches("-\\d+|0+")) {
            findings.add(noTimeout(key, "metadata response-timeout: " + own + " waits for ever"));
            return;
        }
        Duration response = response(route, upstreamOf(route));
        if (response.compareTo(NO_TIMEOUT) >= 0) {
            findings.add(noTimeout(key, "an answer may take " + text(response)));
        }
    }

    private static Finding noTimeout(String key, String why) {
        return Finding.warning("no-timeout", key, why + "; set a time that a client would wait");
    }

    private @Nullable UpstreamProperties upstreamOf(RouteDefinition route) {
        String id = References.upstreamOf(route.getUri());
        return id == null ? null : written.upstreams().get(id);
    }

    /** A circuit breaker's time limit ends all attempts together. */
    private void deadline(
            RouteDefinition route,
            String key,
            List<FilterDefinition> filters,
            List<Finding> findings) {
        UpstreamProperties upstream = upstreamOf(route);
        for (FilterDefinition filter : filters) {
            Duration limit = Written.name(filter).equals("CircuitBreaker") ? limit(filter) : null;
            if (limit == null || upstream == null) {
                continue;
            }
            int attempts = upstream.retry().attempts();
            Duration budget = response(route, upstream).multipliedBy(attempts);
            if (budget.compareTo(limit) > 0) {
                findings.add(
                        Finding.warning(
                                "budget-over-deadline",
                                key,
                                attempts
                                        + " attempts may take "
                                        + text(budget)
                                        + " and the circuit breaker ends them after "
                                        + text(limit)
                                        + "; raise resilience4j.timelimiter or lower"
                                        + " timeouts.response"));
            }
        }
    }

    /** As the proxy takes it: the route's own, the upstream's, Spring Cloud Gateway's for all. */
    private Duration response(RouteDefinition route, @Nullable UpstreamProperties upstream) {
        String own = String.valueOf(route.getMetadata().get("response-timeout"));
        if (own.matches("\\d{1,9}")) {
            return Duration.ofMillis(Long.parseLong(own));
        }
        Duration ofAll = duration(Written.GATEWAY + ".httpclient.response-timeout");
        if (upstream != null
                && !upstream.timeouts().response().equals(Timeouts.DEFAULT.response())) {
            return upstream.timeouts().response();
        }
        return ofAll == null ? Timeouts.DEFAULT.response() : ofAll;
    }

    private @Nullable Duration limit(FilterDefinition filter) {
        boolean off =
                written.environment()
                        .getProperty(
                                "spring.cloud.circuitbreaker.resilience4j.disable-time-limiter",
                                Boolean.class,
                                false);
        String name = filter.getArgs().getOrDefault("name", filter.getArgs().get("_genkey_0"));
        if (off || name == null) {
            return null;
        }
        String root = "resilience4j.timelimiter.";
        Duration own = duration(root + "instances." + name + ".timeout-duration");
        Duration shared = duration(root + "configs.default.timeout-duration");
        return own != null ? own : shared != null ? shared : BREAKER_LIMIT;
    }

    private @Nullable Duration duration(String property) {
        try {
            return Binder.get(written.environment()).bind(property, Duration.class).orElse(null);
        } catch (BindException | IllegalArgumentException wrong) {
            return null;
        }
    }

    private static void upstream(String id, UpstreamProperties upstream, List<Finding> findings) {
        String key = "sluice.upstreams." + id;
        Duration connect = upstream.timeouts().connect();
        Duration response = upstream.timeouts().response();
        if (connect.compareTo(response) > 0) {
            findings.add(
                    Finding.warning(
                            "budget-over-deadline",
                            key + ".timeouts.connect",
                            "a connection may take "
                                    + text(connect)
                                    + ", longer than the response, "
                                    + text(response)
                                    + "; lower it"));
        }
        boolean drained =
                !upstream.instances().isEmpty()
                        && upstream.instances().stream().allMatch(one -> one.weight() == 0);
        if (drained) {
            findings.add(
                    Finding.warning(
                            "weights-sum-to-zero",
                            key + ".instances",
                            "all instances have weight 0, which then counts as 1 for each; give"
                                    + " those that are to be used a weight"));
        }
    }

    private static String text(Duration duration) {
        return duration.toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
