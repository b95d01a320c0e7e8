package io.sluice.routing.spring;

import io.sluice.pipeline.ActiveConfiguration;
import io.sluice.pipeline.Part;
import io.sluice.pipeline.RequestState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.event.RefreshRoutesResultEvent;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The active routes: one immutable snapshot behind a volatile field. Requests read it; the thread
 * {@code sluice-routes} alone replaces it, whole. A refresh that fails leaves it as it is.
 *
 * <p>Refreshes that are asked for while one runs are done together by the next. Thread-safe.
 */
final class RouteTable implements RouteLocator, ApplicationListener<RefreshRoutesEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(RouteTable.class);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    static final Part<RouteSnapshot> PART = new Part<>();

    /**
     * Something to do that somebody waits for: a refresh, or a change of more than routes.
     *
     * @param change {@code null} for a refresh
     */
    private record Asked(
            @Nullable RefreshRoutesEvent event,
            @Nullable Change change,
            CompletableFuture<Void> done) {}

    /** Routes that change together with other parts. All of it runs on the table's thread. */
    interface Change {

        /** Before the routes' sources are asked. */
        void begin();

        /** Puts the routes in effect, or throws. */
        void built(RouteSnapshot routes);

        /** Nothing was put in effect. */
        void failed();
    }

    private final RouteLocator source;
    private final RouteThread thread;
    private final ApplicationEventPublisher publisher;
    private final ActiveConfiguration active;
    private final Deque<Asked> asked = new ArrayDeque<>();
    private boolean running;

    /**
     * @param source every route, in the order of the locators
     */
    RouteTable(
            RouteLocator source,
            RouteThread thread,
            ApplicationEventPublisher publisher,
            ActiveConfiguration active) {
        this.source = source;
        this.thread = thread;
        this.publisher = publisher;
        this.active = active;
    }

    /** What requests are matched against, or {@code null} before the first use. */
    @Nullable RouteSnapshot current() {
        return active.current().find(PART);
    }

    /** What this request is matched against, or {@code null} before the first use. */
    @Nullable RouteSnapshot of(ServerWebExchange exchange) {
        return RequestState.of(exchange).configuration(active).find(PART);
    }

    /** The snapshot, built if this is the first use. */
    Mono<RouteSnapshot> loaded() {
        return Mono.defer(
                () -> {
                    RouteSnapshot now = current();
                    return now != null
                            ? Mono.just(now)
                            : build(source.getRoutes()).map(this::first);
                });
    }

    /** A refresh may have come before, and knows better. Runs on the table's thread. */
    private RouteSnapshot first(RouteSnapshot built) {
        RouteSnapshot now = current();
        if (now != null) {
            return now;
        }
        active.put(PART, built);
        return built;
    }

    @Override
    public Flux<Route> getRoutes() {
        return loaded().flatMapIterable(RouteSnapshot::routes);
    }

    @Override
    public Flux<Route> getRoutesByMetadata(Map<String, Object> metadata) {
        return getRoutes()
                .filter(route -> RouteLocator.matchMetadata(route.getMetadata(), metadata));
    }

    private Mono<RouteSnapshot> build(Flux<Route> routes) {
        return routes.collectList()
                .subscribeOn(thread.scheduler())
                .publishOn(thread.scheduler())
                .map(this::snapshotOf);
    }

    private RouteSnapshot snapshotOf(List<Route> routes) {
        List<Route> sorted = new ArrayList<>(routes);
        AnnotationAwareOrderComparator.sort(sorted);
        return RouteSnapshot.of(sorted, current());
    }

    /**
     * Has the routes built anew, off the caller's thread. A caller that may block is held for a
     * moment, so that for him the change is usually in effect on return.
     */
    @Override
    public void onApplicationEvent(RefreshRoutesEvent event) {
        Asked one = new Asked(event, null, new CompletableFuture<>());
        if (startsWith(one)) {
            refresh();
        }
        thread.await(one.done());
    }

    /** Has routes built for the change and put in effect by it; fails as it does. */
    CompletableFuture<Void> change(Change change) {
        Asked one = new Asked(null, change, new CompletableFuture<>());
        if (startsWith(one)) {
            refresh();
        }
        return one.done();
    }

    /** Whether nothing runs that would see to it. */
    private synchronized boolean startsWith(Asked one) {
        asked.add(one);
        boolean starts = !running;
        running = true;
        return starts;
    }

    /** What was asked since the last time; with nothing, the run is over. */
    private synchronized List<Asked> take() {
        List<Asked> together = new ArrayList<>();
        while (!asked.isEmpty() && (together.isEmpty() || refreshes(together, asked.peek()))) {
            together.add(asked.remove());
        }
        running = !together.isEmpty();
        return together;
    }

    private static boolean refreshes(List<Asked> together, Asked next) {
        return together.get(0).change() == null && next.change() == null;
    }

    private void refresh() {
        List<Asked> together = take();
        if (together.isEmpty()) {
            return;
        }
        Change change = together.get(0).change();
        if (change != null) {
            make(change, together.get(0).done());
            return;
        }
        changed(together)
                .timeout(LIMIT)
                .doFinally(signal -> finish(together))
                .subscribe(this::activate, this::refused);
    }

    private void make(Change change, CompletableFuture<Void> done) {
        Mono.fromRunnable(change::begin)
                .subscribeOn(thread.scheduler())
                .then(Mono.defer(() -> build(Flux.defer(source::getRoutes))))
                .timeout(LIMIT)
                .publishOn(thread.scheduler())
                .doOnNext(change::built)
                .doOnError(error -> change.failed())
                .doFinally(signal -> refresh())
                .subscribe(
                        routes -> {
                            done.complete(null);
                            publisher.publishEvent(new RefreshRoutesResultEvent(this));
                        },
                        done::completeExceptionally);
    }

    private Mono<RouteSnapshot> changed(List<Asked> together) {
        Map<String, Object> scope = scopeOf(together);
        RouteSnapshot now = current();
        if (now == null || scope.isEmpty()) {
            return build(Flux.defer(source::getRoutes));
        }
        // As in Spring Cloud Gateway: a scoped refresh that fails finds nothing.
        return build(
                Flux.defer(() -> source.getRoutesByMetadata(scope))
                        .collectList()
                        .onErrorResume(error -> Mono.just(List.of()))
                        .flatMapIterable(found -> found)
                        .concatWith(
                                Flux.fromIterable(now.routes())
                                        .filter(route -> !inScope(route, scope))));
    }

    private static boolean inScope(Route route, Map<String, Object> scope) {
        return RouteLocator.matchMetadata(route.getMetadata(), scope);
    }

    /** Empty for all routes; several different scopes are taken as all. */
    private static Map<String, Object> scopeOf(List<Asked> together) {
        Map<String, Object> scope = new HashMap<>();
        for (Asked one : together) {
            RefreshRoutesEvent event = Objects.requireNonNull(one.event());
            Map<String, Object> next = event.getMetadata();
            if (!event.isScoped() || !(scope.isEmpty() || scope.equals(next))) {
                return Map.of();
            }
            scope = next;
        }
        return scope;
    }

    private void activate(RouteSnapshot next) {
        active.put(PART, next);
        publisher.publishEvent(new RefreshRoutesResultEvent(this));
    }

    private void refused(Throwable error) {
        LOG.error("The routes could not be refreshed and stay as they are", error);
        publisher.publishEvent(new RefreshRoutesResultEvent(this, error));
    }

    private void finish(List<Asked> together) {
        together.forEach(one -> one.done().complete(null));
        refresh();
    }
}
