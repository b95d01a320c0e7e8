package io.sluice.console.spring;

import io.sluice.balance.RingShape;
import io.sluice.balance.spring.UpstreamStatus;
import io.sluice.balance.spring.UpstreamViews;
import io.sluice.console.Observation;
import io.sluice.pipeline.RouteCompiler;
import io.sluice.ratelimit.NearestKeys;
import io.sluice.ratelimit.spring.RateLimitsEndpoint;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.route.Route;

/** Takes one look at everything that the console shows. Blocks; not for event loops. */
final class Observer {

    /** Places on a ring: as many as a circle of some hundred pixels can show. */
    private static final int SECTORS = 180;

    private final @Nullable RouteCompiler routes;
    private final RequestCounts counts;
    private final UpstreamViews upstreams;
    private final RateLimitsEndpoint limits;
    private final NearestKeys nearest;
    private final LongSupplier nanoClock;
    private @Nullable List<Route> lastRoutes;
    private List<Observation.Route> lastShown = List.of();

    /**
     * @param routes {@code null} where Spring Cloud Gateway finds its routes itself
     */
    Observer(
            @Nullable RouteCompiler routes,
            RequestCounts counts,
            UpstreamViews upstreams,
            RateLimitsEndpoint limits,
            NearestKeys nearest,
            LongSupplier nanoClock) {
        this.routes = routes;
        this.counts = counts;
        this.upstreams = upstreams;
        this.limits = limits;
        this.nearest = nearest;
        this.nanoClock = nanoClock;
    }

    Observation look() {
        return new Observation(
                nanoClock.getAsLong(),
                activeRoutes(),
                counts.byRoute(),
                upstreams.all(SECTORS).stream().map(Observer::upstream).toList(),
                policies());
    }

    /** Their words are made once for each table: ten thousand of them are no work for a second. */
    private List<Observation.Route> activeRoutes() {
        if (routes == null) {
            return List.of();
        }
        List<Route> now = routes.routes();
        if (now != lastRoutes) {
            lastShown = now.stream().map(route -> shown(route, routes)).toList();
            lastRoutes = now;
        }
        return lastShown;
    }

    private static Observation.Route shown(Route route, RouteCompiler routes) {
        return new Observation.Route(
                route.getId(), route.getUri().toString(), routes.predicates(route));
    }

    private static Observation.Upstream upstream(UpstreamViews.View view) {
        UpstreamStatus status = view.status();
        UpstreamStatus.Source source = status.source();
        RingShape ring = view.ring();
        return new Observation.Upstream(
                status.id(),
                status.algorithm(),
                source == null ? null : source.kind(),
                source == null ? null : source.trouble(),
                status.panicking(),
                status.zoneLocal(),
                ring == null ? null : new Observation.Ring(ring.shares(), ring.owners()),
                status.instances().stream().map(Observer::instance).toList());
    }

    private static Observation.Instance instance(UpstreamStatus.Instance one) {
        return new Observation.Instance(
                one.id(),
                one.health(),
                one.reason(),
                one.ejectedSeconds(),
                one.weight(),
                one.effectiveWeight(),
                one.zone(),
                one.inFlight(),
                one.picks(),
                one.failures(),
                one.responseTimeMillis(),
                one.score());
    }

    private List<Observation.Policy> policies() {
        Map<String, Map<String, Observation.Decisions>> decisions = counts.byPolicy();
        return limits.limits().policies().entrySet().stream()
                .map(
                        one ->
                                new Observation.Policy(
                                        one.getKey(),
                                        one.getValue().capacity(),
                                        one.getValue().fillSeconds(),
                                        one.getValue().shadow(),
                                        decisions.getOrDefault(one.getKey(), Map.of()),
                                        buckets(one.getKey())))
                .toList();
    }

    private List<Observation.Bucket> buckets(String policy) {
        return nearest.nearest(policy).stream()
                .map(
                        one ->
                                new Observation.Bucket(
                                        one.identity(),
                                        one.remaining(),
                                        one.capacity(),
                                        one.resetMicros() / 1e6))
                .toList();
    }

    /** Begins or ends to take notice of what costs something to notice. */
    void watch(boolean on) {
        nearest.watch(on);
    }

    /** Which store decides rate limits now. */
    RateLimitsEndpoint.Limits limits() {
        return limits.limits();
    }
}
