package io.sluice.routing.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.event.RefreshRoutesResultEvent;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.ApplicationEvent;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

class RouteTableTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Parts parts = new Parts();
    private final List<RouteDefinition> definitions = new ArrayList<>();
    private final Queue<ApplicationEvent> results = new ConcurrentLinkedQueue<>();
    private final DefinitionRoutes routes = parts.ourRoutes(Parts.definitions(definitions));
    private final RouteTable table = parts.table(routes.locator());

    @BeforeEach
    void define() {
        for (String id : List.of("a", "b", "c")) {
            RouteDefinition definition = Parts.definition(id, 0, "Path=/" + id + "/**");
            definition.setFilters(
                    new ArrayList<>(List.of(new FilterDefinition("AddRequestHeader=X-A, 1"))));
            definitions.add(definition);
        }
        parts.listen(
                event -> {
                    if (event instanceof RefreshRoutesResultEvent) {
                        results.add(event);
                    }
                });
    }

    @AfterEach
    void close() {
        parts.close();
    }

    private List<Route> active() {
        return table.getRoutes().collectList().block(LIMIT);
    }

    /** Asks for a refresh and waits for its result event. */
    private RefreshRoutesResultEvent refresh(Map<String, Object> scope) {
        int before = results.size();
        table.onApplicationEvent(new RefreshRoutesEvent(this, scope));
        Awaitility.await().atMost(LIMIT).until(() -> results.size() > before);
        return (RefreshRoutesResultEvent) List.copyOf(results).get(before);
    }

    @Test
    void refresh_oneDefinitionChanged_keepsTheOtherRoutesAsTheyAre() {
        List<Route> before = active();
        CompiledRoute first = table.current().at(0);
        definitions.set(1, Parts.definition("b", 0, "Path=/changed/**"));

        assertThat(refresh(Map.of()).isSuccess()).isTrue();

        List<Route> after = active();
        assertThat(after.get(0)).isSameAs(before.get(0));
        assertThat(after.get(1)).isNotSameAs(before.get(1));
        assertThat(after.get(2)).isSameAs(before.get(2));
        assertThat(after.get(2).getFilters().get(0)).isSameAs(before.get(2).getFilters().get(0));
        assertThat(table.current().at(0)).isSameAs(first);
    }

    @Test
    void refresh_definitionChangedInPlace_isSeen() {
        List<Route> before = active();
        definitions.get(2).getFilters().get(0).getArgs().replaceAll((key, value) -> "X-B");

        refresh(Map.of());

        assertThat(active().get(2)).isNotSameAs(before.get(2));
    }

    @Test
    void refresh_defaultFiltersChanged_buildsEveryRoute() {
        List<Route> before = active();
        parts.properties.setDefaultFilters(
                List.of(new FilterDefinition("AddRequestHeader=X-D, 1")));

        refresh(Map.of());

        assertThat(active()).doesNotContainAnyElementsOf(before);
        assertThat(active().get(0).getFilters()).hasSize(2);
    }

    @Test
    void refresh_settingsForgotten_buildsEveryRoute() {
        List<Route> before = active();
        routes.forget();

        refresh(Map.of());

        assertThat(active()).doesNotContainAnyElementsOf(before).hasSize(3);
    }

    @Test
    void refresh_orderChanged_sortsAnew() {
        active();
        definitions.get(2).setOrder(-1);

        refresh(Map.of());

        assertThat(active()).extracting(Route::getId).containsExactly("c", "a", "b");
    }

    @Test
    void refresh_wrongDefinition_leavesTheTableAsItIs() {
        List<Route> before = active();
        definitions.add(Parts.definition("wrong", 0, "NoSuchPredicate=1"));
        definitions.set(0, Parts.definition("a", 0, "Path=/changed"));

        RefreshRoutesResultEvent result = refresh(Map.of());

        assertThat(result.isSuccess()).isFalse();
        assertThat(result.getThrowable()).hasMessageContaining("NoSuchPredicate");
        assertThat(active()).isEqualTo(before);

        definitions.remove(3);
        assertThat(refresh(Map.of()).isSuccess()).isTrue();
        assertThat(active().get(0)).isNotSameAs(before.get(0));
        assertThat(active().get(1)).isSameAs(before.get(1));
    }

    @Test
    void refresh_wrongDefinitionsToBeLeftOut_leavesThemOut() {
        parts.properties.setFailOnRouteDefinitionError(false);
        definitions.add(Parts.definition("wrong", 0, "NoSuchPredicate=1"));

        assertThat(active()).extracting(Route::getId).containsExactly("a", "b", "c");
    }

    @Test
    void refresh_scoped_touchesTheRoutesInScopeOnly() {
        definitions.get(0).setMetadata(Map.of("team", "red"));
        List<Route> before = active();
        RouteDefinition changed = Parts.definition("a", 0, "Path=/changed");
        changed.setMetadata(Map.of("team", "red"));
        definitions.set(0, changed);
        definitions.set(1, Parts.definition("b", 0, "Path=/changed"));

        refresh(Map.of("team", "red"));

        assertThat(active()).extracting(Route::getId).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(active()).contains(before.get(1), before.get(2)).doesNotContain(before.get(0));
        assertThat(table.getRoutesByMetadata(Map.of("team", "red")).collectList().block(LIMIT))
                .hasSize(1);
    }

    @Test
    void refresh_fromAThreadThatMustNotBlock_runsOnAnotherOne() {
        AtomicReference<String> built = new AtomicReference<>();
        CountDownLatch go = new CountDownLatch(1);
        RouteLocator slow =
                () ->
                        Flux.defer(
                                () -> {
                                    built.set(Thread.currentThread().getName());
                                    awaitQuietly(go);
                                    return Flux.empty();
                                });
        RouteTable slowTable = parts.table(slow);
        AtomicReference<Boolean> returned = new AtomicReference<>(false);
        Schedulers.parallel()
                .schedule(
                        () -> {
                            slowTable.onApplicationEvent(new RefreshRoutesEvent(this));
                            returned.set(true);
                        });

        Awaitility.await().atMost(LIMIT).until(returned::get);
        Awaitility.await().atMost(LIMIT).until(() -> built.get() != null);
        assertThat(built.get()).isEqualTo("sluice-routes");
        assertThat(slowTable.current()).isNull();
        go.countDown();
        Awaitility.await().atMost(LIMIT).until(() -> slowTable.current() != null);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void refresh_askedForManyTimesWhileOneRuns_isDoneTogether() {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger builds = new AtomicInteger();
        RouteTable slow =
                parts.table(
                        () ->
                                Flux.defer(
                                        () -> {
                                            builds.incrementAndGet();
                                            awaitQuietly(go);
                                            return Flux.empty();
                                        }));
        CountDownLatch asked = new CountDownLatch(50);
        for (int i = 0; i < 50; i++) {
            Schedulers.parallel()
                    .schedule(
                            () -> {
                                slow.onApplicationEvent(new RefreshRoutesEvent(this));
                                asked.countDown();
                            });
        }
        awaitQuietly(asked);
        go.countDown();

        Awaitility.await().atMost(LIMIT).until(() -> results.size() >= 2);
        assertThat(builds.get()).isBetween(2, 49);
    }

    @Test
    void getRoutes_wrongDefinition_failsWithItsReason() {
        definitions.add(Parts.definition("wrong", 0, "NoSuchPredicate=1"));

        assertThatThrownBy(this::active).hasMessageContaining("NoSuchPredicate");
        definitions.remove(3);
        assertThat(active()).hasSize(3);
    }
}
