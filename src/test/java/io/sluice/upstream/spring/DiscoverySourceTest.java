package io.sluice.upstream.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.upstream.Endpoint;
import io.sluice.upstream.LogOf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClient;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryProperties;
import org.springframework.cloud.client.discovery.simple.reactive.SimpleReactiveDiscoveryClient;
import org.springframework.cloud.client.discovery.simple.reactive.SimpleReactiveDiscoveryProperties;
import reactor.core.publisher.Flux;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Discovery clients as a source, in virtual time. */
class DiscoverySourceTest {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final List<List<Endpoint>> reported = new CopyOnWriteArrayList<>();
    private VirtualTimeScheduler time;
    private Supplier<Flux<ServiceInstance>> answer = Flux::empty;
    private DiscoverySource source;
    private LogOf log;

    @BeforeEach
    void start() {
        time = VirtualTimeScheduler.getOrSet();
        log = new LogOf(DiscoverySource.class);
        source = new DiscoverySource("orders", new Reactive(), INTERVAL);
    }

    @AfterEach
    void stop() {
        source.stop();
        log.close();
        VirtualTimeScheduler.reset();
    }

    private final class Reactive implements ReactiveDiscoveryClient {

        @Override
        public String description() {
            return "test";
        }

        @Override
        public Flux<ServiceInstance> getInstances(String serviceId) {
            return answer.get();
        }

        @Override
        public Flux<String> getServices() {
            return Flux.just("orders");
        }
    }

    private final class Blocking implements DiscoveryClient {

        @Override
        public String description() {
            return "test";
        }

        @Override
        public List<ServiceInstance> getInstances(String serviceId) {
            return answer.get().collectList().block();
        }

        @Override
        public List<String> getServices() {
            return List.of("orders");
        }
    }

    private static ServiceInstance instance(String host, Map<String, String> metadata) {
        return new DefaultServiceInstance("i", "orders", host, 8080, false, metadata);
    }

    private List<String> hostsReportedLast() {
        return reported.get(reported.size() - 1).stream().map(Endpoint::host).toList();
    }

    @Test
    void start_instances_areEndpointsWithWeightAndZone() {
        answer =
                () ->
                        Flux.just(
                                instance("a", Map.of("weight", "3", "zone", "z1")),
                                instance("b", Map.of("weight", "heavy")),
                                new DefaultServiceInstance("i", "orders", "c", 8443, true),
                                instance("d", Map.of("weight", "-2")));

        source.start(reported::add);

        assertThat(reported).hasSize(1);
        assertThat(reported.get(0))
                .extracting(e -> e.scheme() + " " + e.id() + " " + e.weight() + " " + e.zone())
                .containsExactly(
                        "http a:8080 3 z1",
                        "http b:8080 1 null",
                        "https c:8443 1 null",
                        "http d:8080 0 null");
        assertThat(source.trouble()).isNull();
    }

    @Test
    void failure_keepsTheLastSetAndSaysSoOncePerChange() {
        answer = () -> Flux.just(instance("a", Map.of()));
        source.start(reported::add);

        answer = () -> Flux.error(new IllegalStateException("registry away"));
        time.advanceTimeBy(INTERVAL.multipliedBy(3));

        assertThat(hostsReportedLast()).containsExactly("a");
        assertThat(source.trouble()).contains("registry away");
        assertThat(log.lines()).hasSize(1);

        answer = () -> Flux.just(instance("b", Map.of()));
        time.advanceTimeBy(INTERVAL);

        assertThat(hostsReportedLast()).containsExactly("b");
        assertThat(source.trouble()).isNull();
        assertThat(log.lines()).hasSize(2).last().asString().contains("answers again");
    }

    @Test
    void emptyAnswer_afterInstancesWereKnown_isNotBelievedAndSaid() {
        answer = () -> Flux.just(instance("a", Map.of()));
        source.start(reported::add);

        answer = Flux::empty;
        time.advanceTimeBy(INTERVAL.multipliedBy(3));

        assertThat(hostsReportedLast()).containsExactly("a");
        assertThat(source.trouble()).contains("no instance");
        assertThat(log.lines()).hasSize(1);
    }

    @Test
    void noAnswer_isAFailureAfterFiveSeconds() {
        answer = Flux::never;
        source.start(reported::add);

        time.advanceTimeBy(Duration.ofSeconds(6));

        assertThat(reported).isEmpty();
        assertThat(source.trouble()).contains("Timeout");
    }

    @Test
    void discovery_onlyABlockingRegistry_isAsked() {
        answer = () -> Flux.just(instance("a", Map.of()));
        VirtualTimeScheduler.reset();

        Discovery discovery =
                Discovery.of(
                        List.of(
                                new SimpleReactiveDiscoveryClient(
                                        new SimpleReactiveDiscoveryProperties())),
                        List.of(
                                new SimpleDiscoveryClient(new SimpleDiscoveryProperties()),
                                new Blocking()));

        assertThat(discovery.live()).isTrue();
        assertThat(discovery.mayKnow("later")).isTrue();
        assertThat(
                        new ArrayList<>(
                                discovery
                                        .client()
                                        .getInstances("orders")
                                        .map(ServiceInstance::getHost)
                                        .collectList()
                                        .block(Duration.ofSeconds(10))))
                .containsExactly("a");
    }

    @Test
    void discovery_reactiveRegistry_blockingTwinIsNotAsked() {
        Discovery discovery = Discovery.of(List.of(new Reactive()), List.of(new Blocking()));

        answer = () -> Flux.error(new AssertionError("asked twice"));
        assertThat(discovery.live()).isTrue();
        answer = Flux::empty;
        assertThat(discovery.client().getServices().collectList().block()).hasSize(1);
    }

    @Test
    void discovery_onlyTheSimpleList_isNotLive() {
        Discovery discovery =
                Discovery.of(
                        List.of(
                                new SimpleReactiveDiscoveryClient(
                                        new SimpleReactiveDiscoveryProperties())),
                        List.of(new SimpleDiscoveryClient(new SimpleDiscoveryProperties())));

        assertThat(discovery.live()).isFalse();
        assertThat(discovery.mayKnow("orders")).isFalse();
        assertThat(Discovery.of(List.of(), List.of()).client()).isNull();
    }
}
