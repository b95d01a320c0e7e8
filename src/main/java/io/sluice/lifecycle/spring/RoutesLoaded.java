package io.sluice.lifecycle.spring;

import io.sluice.pipeline.RouteCheck;
import io.sluice.pipeline.StartCheck;
import io.sluice.settings.SettingException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;

/**
 * Builds every route before the listener opens, so that a wrong one refuses the start instead of
 * its first request, and is the health indicator {@code configuration} that the startup and
 * readiness probes ask. It stays up once it is up: a drain is told by the readiness state.
 */
final class RoutesLoaded implements SmartLifecycle, StartCheck, HealthIndicator {

    private static final Logger LOG = LoggerFactory.getLogger(RoutesLoaded.class);

    /** For a locator that never ends: 100,000 routes take half a minute on a busy core. */
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final RouteLocator routes;
    private final List<RouteCheck> checks;
    private volatile boolean loaded;

    RoutesLoaded(RouteLocator routes, List<RouteCheck> checks) {
        this.routes = routes;
        this.checks = checks;
    }

    /** Before the web server, which starts late. */
    @Override
    public int getPhase() {
        return 0;
    }

    @Override
    public void start() {
        LOG.info("{} routes are active", checked());
        loaded = true;
    }

    @Override
    public void check() {
        checked();
    }

    private int checked() {
        List<Route> found = build();
        for (Route route : found) {
            checks.forEach(check -> check.check(route));
        }
        return found.size();
    }

    private List<Route> build() {
        try {
            List<Route> found = routes.getRoutes().collectList().block(LIMIT);
            return found == null ? List.of() : found;
        } catch (RuntimeException e) {
            Throwable root = NestedExceptionUtils.getMostSpecificCause(e);
            if (root instanceof SettingException setting) {
                throw setting;
            }
            throw new SettingException(
                    "spring.cloud.gateway.server.webflux.routes",
                    root.getMessage(),
                    "routes that can be built");
        }
    }

    @Override
    public void stop() {
        // The routes outlive this bean: requests in flight still use them.
    }

    @Override
    public boolean isRunning() {
        return loaded;
    }

    @Override
    public Health health() {
        return loaded ? Health.up().build() : Health.outOfService().build();
    }
}
